# SPDX-License-Identifier: MIT
"""The public headers declare exactly the listed symbols, and each declaration is explained."""
import sys

from cases import expect, run
from headers import functions, headers, symbols, undocumented

ROOT = sys.argv[1]
EXPLAINED = "/**\n * Free a model; NULL is fine.\n * @since 0.1\n */\nLSTM_API void lstm_free(int *m);\n"


def the_headers_declare_exactly_the_listed_symbols():
    declared = sorted(name for path in headers(ROOT) for name in functions(path.read_text()))
    listed = symbols(ROOT)
    expect(
        declared == listed,
        f"only declared: {sorted(set(declared) - set(listed))}, "
        f"only listed: {sorted(set(listed) - set(declared))}, or out of order, or twice",
    )
    expect(all(name.startswith("lstm_") for name in listed), "a symbol does not begin with lstm_")


def each_function_has_a_doc_comment():
    silent = [f"{path.name}: {name}" for path in headers(ROOT) for name in undocumented(path.read_text())]
    expect(silent == [], "; ".join(silent))


def a_declaration_over_two_lines_is_read():
    text = "LSTM_API const char *lstm_long(\n    int a);\nLSTM_API lstm_status\nlstm_b(void);\n"
    expect(functions(text) == ["lstm_long", "lstm_b"], functions(text))


def a_function_without_a_comment_of_its_own_is_seen():
    expect(undocumented(EXPLAINED) == [], "a documented function was reported")
    bare = EXPLAINED + "LSTM_API void lstm_bare(void);\n"
    expect(undocumented(bare) == ["lstm_bare"], "the comment before another function counted")
    plain = EXPLAINED.replace("/**", "/*")
    expect(undocumented(plain) == ["lstm_free"], "a comment that is no doc comment counted")
    empty = "/** @since 0.1 */\nLSTM_API void lstm_free(int *m);\n"
    expect(undocumented(empty) == ["lstm_free"], "a comment that says nothing counted")


run(
    the_headers_declare_exactly_the_listed_symbols,
    each_function_has_a_doc_comment,
    a_declaration_over_two_lines_is_read,
    a_function_without_a_comment_of_its_own_is_seen,
)
