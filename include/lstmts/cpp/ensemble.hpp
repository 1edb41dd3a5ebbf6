/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/ensemble.hpp
 * Combinations of methods; see ensemble.h.
 */
#ifndef LSTMTS_CPP_ENSEMBLE_HPP
#define LSTMTS_CPP_ENSEMBLE_HPP

#include <lstmts/cpp/method.hpp>
#include <lstmts/ensemble.h>

#include <cstdint>
#include <vector>

namespace lstmts
{

/** A weighted mean of methods, which it borrows; see ensemble.h. */
class ensemble : public method
{
public:
    /** The members replace those of the options. */
    explicit ensemble(const method_list &members,
                      lstm_ensemble_options options = LSTM_ENSEMBLE_OPTIONS_INIT)
        : members_(detail::count(members))
    {
        const std::vector<lstm_method *> handles = detail::handles_of(members);
        options.members = detail::data_of(handles), options.n_member = members_;
        hold(detail::make(lstm_ensemble_new, &options));
    }
    /** [members] */
    [[nodiscard]] std::vector<double> weights() const
    {
        std::vector<double> weights = detail::allocate_matrix<double>(members_);
        detail::check(lstm_ensemble_weights(get(), weights.data()));
        return weights;
    }

private:
    std::int64_t members_;
};

} // namespace lstmts

#endif
