/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/error.hpp
 * The exception of a call that fails.
 */
#ifndef LSTMTS_CPP_ERROR_HPP
#define LSTMTS_CPP_ERROR_HPP

#include <lstmts/status.h>

#include <stdexcept>
#include <string>

namespace lstmts
{

/** A call that failed. what() is the name of the status and the message. */
class error : public std::runtime_error
{
public:
    explicit error(lstm_status status) : error(status, lstm_last_error()) {}
    error(lstm_status status, const std::string &message)
        : std::runtime_error(std::string(lstm_status_name(status)) + ": " + message),
          status_(status)
    {
    }
    lstm_status status() const noexcept { return status_; }

private:
    lstm_status status_;
};

namespace detail
{

inline lstm_status check(lstm_status status)
{
    if (status < 0)
        throw error(status);
    return status;
}

} // namespace detail

} // namespace lstmts

#endif
