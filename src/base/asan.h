/* SPDX-License-Identifier: MIT */
/*
 * AddressSanitizer's interface. LTS_ASAN is defined in a build with it; in any other build the
 * poisoning macros do nothing.
 */
#ifndef LTS_BASE_ASAN_H
#define LTS_BASE_ASAN_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LTS_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define LTS_ASAN
#endif

#ifdef LTS_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, size)   ((void)(start), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#endif

#endif
