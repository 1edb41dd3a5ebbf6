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
_RECIPE = (FORECASTING, "recipe=1", "season=24", "networks=1", "updates=2")
FOLDER = tempfile.TemporaryDirectory()
WORDS = (r"(\d+) rows: the MASE of the forecaster is ([\d.]+) % (above|below) that of the best baseline, "
         r"[a-z ]+, and ([\d.]+) % (above|below) that of its ridge\.")


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


def _signed(size, side):
    return float(size) * (-1 if side == "above" else 1)


def _gains(output):
    """{rows: per cent by which the MASE of the forecaster is less}, as the words say: than that of the best
    baseline, and of ridge."""
    found = re.findall(WORDS, output)
    return {int(h): (_signed(*words[:2]), _signed(*words[2:])) for h, *words in found}


def _cells(output, title):
    """{name of a method: its cells in the table with this title}, and the title's own."""
    cells = {}
    for line in output.split(f"\n| {title} |")[1].split("\n\n")[0].splitlines()[2:]:
        fields = [field.strip() for field in line.strip("|").split("|")]
        cells[fields[0]] = fields[1:]
    return cells


@functools.lru_cache(maxsize=None)
def _of_hourly():
    return _call(FORECASTING, "scale=24", _hourly(), 12, 24)


def a_season_is_forecast_better_than_by_baselines():
    gains = _gains(_of_hourly())
    expect(list(gains) == [12, 24], f"words about {list(gains)}")
    expect(min(gain for gain, _ in gains.values()) > 10, f"gains are {gains}")


def words_agree_with_the_table():
    for i, (rows, said) in enumerate(_gains(_of_hourly()).items()):
        mase = {name: float(cells[i]) for name, cells in _cells(_of_hourly(), "MASE").items()}
        best = min(mase[name] for name in mase if "naive" in name or "drift" in name)
        for gain, other in zip(said, (best, mase["its ridge"])):
            wanted = 100 * (1 - mase["forecaster"] / other)
            expect(abs(gain - wanted) < 0.2, f"{rows} rows: {gain}, by the table {wanted}")


def the_mean_is_over_the_horizons_that_are_asked_for():
    for words, counted in [((), (0, 1, 2)), (("mean=12,48",), (0, 2))]:
        output = _call(*_RECIPE, *words, _hourly(), 12, 24, 48)
        for name, cells in _cells(output, "MSE / MAE").items():
            errors = [float(cell.split("/")[0]) for cell in cells[:4]]
            mean = sum(errors[i] for i in counted) / len(counted)
            expect(abs(errors[3] - mean) < 2e-4, f"{name}: {cells}, not {mean}")


def the_recipe_is_followed():
    output = _call(*_RECIPE, "seeds=2", _hourly(), 24)
    chosen = re.findall(r"^seed \d: (.*)$", output, re.MULTILINE)
    expect(len(chosen) == 2, f"{len(chosen)} descriptions")
    for words in ('"segment_len":24,"context_len":21,"horizon":8', '"n_network":1,"n_hidden":128', '"n_update":2,',
                  '"average_decay":0.98', '"ridge":{"context_len":504,"base_len":24,'):
        expect(all(words in one for one in chosen), f"no {words} in {chosen}")
    names = list(_cells(output, "MSE / MAE"))
    for name in ("forecaster, between seeds", "its ridge", "ridge of the training part"):
        expect(name in names, f"no {name} in {names}")


def a_fit_to_the_training_part_has_the_ridge_of_it():
    for words, same in ((), False), (("skip_refit=1",), True):
        cells = _cells(_call(*_RECIPE, *words, _hourly(), 24), "MSE / MAE")
        errors = [cells[name][0] for name in ("its ridge", "ridge of the training part")]
        expect((errors[0] == errors[1]) == same, f"{words}: {errors}")


def more_updates_continue_the_networks_and_leave_the_choice():
    chosen, errors = zip(*(_networks_of("skip_refit=1", *words) for words in ((), ("continue=3",))))
    expect(errors[0] != errors[1], f"both have {errors[0]}")
    expect('"n_update":2,' in chosen[0] and '"n_update":2,' in chosen[1], f"chosen is {chosen}")


def _networks_of(*words):
    """What the forecaster says of itself, and the errors of its networks."""
    output = _call(*_RECIPE, *words, _hourly(), 24)
    return re.findall(r"^seed 0: (.*)$", output, re.M)[0], _cells(output, "MSE / MAE")["its networks"][0]


def wrong_options_are_refused():
    wrong = ("recipe=1", "mean=24,", "mean=0", "networks=65", "networks=-1", "skip_refit=-1", "continue=-1")
    for words in [(word,) for word in (*wrong, "conformalized=-1", "window=-1", "seeds=0", "unknown=1")]:
        done = subprocess.run([FORECASTING, *words, str(_hourly()), "24"], capture_output=True, text=True)
        expect(done.returncode == 1 and "usage:" in done.stderr, f"{words}: {done.returncode}, {done.stderr}")


def a_random_walk_is_not_forecast_much_worse_than_by_its_last_value():
    gains = _gains(_call(FORECASTING, _walk(), 6))
    expect(list(gains) == [6] and gains[6][0] >= -2, f"gains are {gains}")


def _lines_of_intervals(*words):
    """{whose intervals: (coverage, width)} of 24 rows ahead."""
    output = _call(INTERVALS, *words, _hourly(), 24)
    lines = re.findall(r"^\| 24 \| (\w+) \| ([\d.]+) \| [\d. -]+ \| ([\d.]+) \|", output, re.MULTILINE)
    return {name: (float(coverage), float(width)) for name, coverage, width in lines}


def intervals_cover_a_season():
    lines = _lines_of_intervals()
    expect(list(lines) == ["forecaster", "ridge"], f"lines of {lines}")
    expect(0.85 < lines["forecaster"][0] < 0.95, f"covers {lines['forecaster'][0]}")


def each_option_of_intervals_is_followed():
    plain = _lines_of_intervals("ridge=1")
    expect(list(plain) == ["ridge"], f"lines of {plain}")
    for word in ("once=1", "rolling=1", "window=20", "stride=12", "two_sided=1"):
        lines = _lines_of_intervals("ridge=1", word)
        expect(lines != plain, f"{word} changes nothing: {lines}")


def quantiles_of_networks_are_conformalized_and_ridge_has_none():
    lines = [_lines_of_intervals(*_RECIPE[1:], *words) for words in ((), ("conformalized=1",))]
    expect(lines[0]["ridge"] == lines[1]["ridge"], f"ridge has {lines}")
    expect(lines[0]["forecaster"] != lines[1]["forecaster"], f"the forecaster has {lines}")


run(
    a_season_is_forecast_better_than_by_baselines,
    words_agree_with_the_table,
    the_mean_is_over_the_horizons_that_are_asked_for,
    the_recipe_is_followed,
    a_fit_to_the_training_part_has_the_ridge_of_it,
    more_updates_continue_the_networks_and_leave_the_choice,
    wrong_options_are_refused,
    a_random_walk_is_not_forecast_much_worse_than_by_its_last_value,
    intervals_cover_a_season,
    each_option_of_intervals_is_followed,
    quantiles_of_networks_are_conformalized_and_ridge_has_none,
)
