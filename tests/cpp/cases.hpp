// SPDX-License-Identifier: MIT
// Test cases and checks. Plain C++: CMocka leaves a test by longjmp, past destructors.
#ifndef TESTS_CPP_CASES_HPP
#define TESTS_CPP_CASES_HPP

#include <lstmts/lstmts.hpp>

#include <stdexcept>
#include <string>
#include <vector>

/** Numbers of the next allocations by C++, not by the library, that succeed, and that then fail. */
extern long allocations_to_pass, allocations_to_fail;
/** Blocks of the library that are not released; must be 0 after each test. */
extern long live_blocks;

struct test_case {
    const char *name;
    void (*run)();
};
std::vector<test_case> &all_cases();

struct registration {
    registration(const char *name, void (*run)())
    {
        all_cases().push_back({name, run});
    }
};
#define TEST(name)                                                                                 \
    static void name();                                                                            \
    static const registration registration_of_##name(#name, name);                                 \
    static void name()

struct failed_check : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void check_at(bool right, const std::string &what, int line)
{
    if (!right)
        throw failed_check("line " + std::to_string(line) + ": " + what);
}
#define CHECK(condition) check_at((condition), #condition, __LINE__)

/** The call must throw lstmts::error with this status and `part` in what(). */
template <class Call>
void check_throws(lstm_status status, const std::string &part, int line, Call call)
{
    try {
        call();
    } catch (const lstmts::error &error) {
        const std::string what = error.what();
        check_at(error.status() == status, "status of: " + what, line);
        check_at(what.find(lstm_status_name(status)) == 0, "status name in: " + what, line);
        check_at(what.find(part) != std::string::npos, part + " in: " + what, line);
        return;
    }
    check_at(false, "nothing was thrown", line);
}
#define CHECK_THROWS(status, part, call)                                                           \
    check_throws(status, part, __LINE__, [&] { static_cast<void>(call); })

#endif
