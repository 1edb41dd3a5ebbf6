/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/object.hpp
 * Internal: the base class of every object, which owns a C handle.
 */
#ifndef LSTMTS_CPP_OBJECT_HPP
#define LSTMTS_CPP_OBJECT_HPP

#include <lstmts/cpp/error.hpp>

#include <memory>

namespace lstmts
{

namespace detail
{

/** Calls a C function whose first parameter receives the new object. */
template <class T, class... Parameters, class... Arguments>
T *make(lstm_status (*function)(T **, Parameters...), Arguments... arguments)
{
    T *made = nullptr;
    check(function(&made, arguments...));
    return made;
}

/** Owns a C handle. Freeing it runs no callback. */
template <class T, void (*Free)(T *)> class object
{
public:
    /** The C handle, still owned by this object; NULL after a move. */
    T *get() const noexcept { return handle_.get(); }

protected:
    explicit object(T *made = nullptr) noexcept : handle_(made) {}
    void hold(T *made) noexcept { handle_.reset(made); }

private:
    struct deleter {
        void operator()(T *handle) const noexcept { Free(handle); }
    };
    std::unique_ptr<T, deleter> handle_;
};

} // namespace detail

} // namespace lstmts

#endif
