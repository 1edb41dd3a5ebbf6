# SPDX-License-Identifier: MIT
"""The programs over tables run on two tables made here, and say in words how the forecaster compares.

    test_tables.py FORECASTING INTERVALS

On the hourly table it must beat every baseline; on the random walk, which nothing forecasts better than
its last value, it must not be more than 2 % worse.
"""
import datetime
import functools
import math
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import expect, run

FORECASTING, INTERVALS = (str(Path(name).resolve()) for name in sys.argv[1:3])
FOLDER = tempfile.TemporaryDirectory()
WORDS = r"(\d+) rows: the MASE of the forecaster is ([\d.]+) % (above|below) that of the best baseline"


def _write(name, header, rows):
    path = Path(FOLDER.name) / name
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def _hourly():
    """A day, a weekend and errors that last some hours, in two columns; every 50th value is missing."""
    noise, rows, begin = random.Random(1), [], datetime.datetime(2024, 1, 1)
    lasting = [0.0, 0.0]
    for t in range(45 * 24):
        values, weekend = [], begin + datetime.timedelta(hours=t)
        for c in range(2):
            lasting[c] = 0.8 * lasting[c] + noise.gauss(0, 1)
            day = 10 * math.sin(2 * math.pi * (t + 3 * c) / 24)
            values.append(50 + day - 4 * (weekend.weekday() >= 5) + lasting[c])
        fields = ["" if (t + 25 * c) % 50 == 7 else f"{x:.3f}" for c, x in enumerate(values)]
        rows.append(",".join([f"{weekend:%Y-%m-%d %H:%M:%S}", *fields]))
    return _write("hourly.csv", "date,load,heat", rows)


def _walk():
    noise, level, rows = random.Random(2), 100.0, []
    for t in range(240):
        level += noise.gauss(0, 1)
        rows.append(f"{2000 + t // 12}-{t % 12 + 1:02d},{level:.3f}")
    return _write("walk.csv", "month,price", rows)


def _call(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    expect(done.returncode == 0, f"ended with {done.returncode}: {done.stderr}")
    return done.stdout


def _gains(output):
    """{rows: per cent by which the MASE of the forecaster is less}, as the words say."""
    found = re.findall(WORDS, output)
    return {int(h): float(x) * (-1 if side == "above" else 1) for h, x, side in found}


@functools.lru_cache(maxsize=None)
def _of_hourly():
    return _call(FORECASTING, "scale=24", _hourly(), 12, 24)


def a_season_is_forecast_better_than_by_baselines():
    gains = _gains(_of_hourly())
    expect(list(gains) == [12, 24], f"words about {list(gains)}")
    expect(min(gains.values()) > 10, f"gains are {gains}")


def words_agree_with_the_table():
    for rows, said in _gains(_of_hourly()).items():
        mase = {}
        for line in _of_hourly().splitlines():
            fields = [field.strip() for field in line.strip("|").split("|")]
            if len(fields) == 6 and fields[1] == str(rows):
                mase[fields[0]] = float(fields[4])
        best = min(mase[name] for name in mase if "naive" in name or "drift" in name)
        gain = 100 * (1 - mase["forecaster"] / best)
        expect(abs(said - gain) < 0.1, f"{rows} rows: {said}, by the table {gain}")


def a_random_walk_is_not_forecast_much_worse_than_by_its_last_value():
    gains = _gains(_call(FORECASTING, _walk(), 6))
    expect(list(gains) == [6] and gains[6] >= -2, f"gains are {gains}")


def intervals_cover_a_season():
    output = _call(INTERVALS, "scale=24", _hourly(), 24)
    lines = re.findall(r"^\| 24 \| ([a-z, ]+) \| ([\d.]+) \|", output, re.MULTILINE)
    names = ["forecaster", "forecaster, once", "ridge", "ridge, once"]
    expect([name for name, _ in lines] == names, f"lines of {lines}")
    expect(0.85 < float(lines[0][1]) < 0.95, f"covers {lines[0][1]}")


run(
    a_season_is_forecast_better_than_by_baselines,
    words_agree_with_the_table,
    a_random_walk_is_not_forecast_much_worse_than_by_its_last_value,
    intervals_cover_a_season,
)
