// SPDX-License-Identifier: MIT
// Runs all cases on an allocator that counts: each must give back every block of the library.
#include "cases.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

long allocations_to_pass = 0;
long allocations_to_fail = 0;
long live_blocks = 0;

// Not inlined: a compiler that sees free() but not this malloc() takes them for mismatched.

void *operator new(std::size_t size)
{
    if (allocations_to_pass > 0)
        allocations_to_pass--;
    else if (allocations_to_fail > 0 && allocations_to_fail-- > 0)
        throw std::bad_alloc();
    if (void *block = std::malloc(size > 0 ? size : 1))
        return block;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void *block) noexcept
{
    std::free(block);
}
[[gnu::noinline]] void operator delete(void *block, std::size_t) noexcept
{
    std::free(block);
}

namespace
{

void *allocate(std::size_t size, void *)
{
    live_blocks++;
    return std::malloc(size);
}

void release(void *block, void *)
{
    live_blocks--;
    std::free(block);
}

} // namespace

std::vector<test_case> &all_cases()
{
    static std::vector<test_case> cases;
    return cases;
}

int main()
{
    const lstm_allocator counting = {allocate, release, nullptr};
    std::srand(static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(&counting) >> 4));
    lstm_set_allocator(&counting);
    int passed = 0, failures = 0;
    for (const test_case &test : all_cases()) {
        std::string reason;
        try {
            test.run();
        } catch (const std::exception &error) {
            reason = error.what();
        }
        if (reason.empty() && live_blocks != 0)
            reason = std::to_string(live_blocks) + " blocks were not given back";
        live_blocks = 0;
        if (!reason.empty())
            std::printf("[  FAILED  ] %s\n%s\n", test.name, reason.c_str());
        (reason.empty() ? passed : failures)++;
    }
    std::printf("[  PASSED  ] %d test(s).\n", passed);
    if (failures > 0)
        std::printf("[  FAILED  ] %d test(s), named above.\n", failures);
    return failures == 0 ? 0 : 1;
}
