/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/library.hpp
 * The library as a whole; see library.h and device.h.
 */
#ifndef LSTMTS_CPP_LIBRARY_HPP
#define LSTMTS_CPP_LIBRARY_HPP

#include <lstmts/cpp/vectors.hpp>
#include <lstmts/device.h>
#include <lstmts/library.h>

#include <cstdint>
#include <string>
#include <vector>

namespace lstmts
{

/** Of the library that is loaded, such as "0.1.0"; see lstm_version(). */
[[nodiscard]] inline std::string version()
{
    return lstm_version();
}

/** "cpu", then the CUDA devices; see lstm_devices(). */
[[nodiscard]] inline std::vector<lstm_device_info> devices()
{
    std::int64_t n = 0;
    detail::check(lstm_devices(nullptr, 0, &n));
    std::vector<lstm_device_info> devices = detail::allocate_matrix<lstm_device_info>(n);
    detail::check(lstm_devices(devices.data(), n, &n));
    return devices;
}

} // namespace lstmts

#endif
