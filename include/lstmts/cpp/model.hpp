/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/model.hpp
 * The parameters of a network; see model.h.
 */
#ifndef LSTMTS_CPP_MODEL_HPP
#define LSTMTS_CPP_MODEL_HPP

#include <lstmts/cpp/object.hpp>
#include <lstmts/cpp/vectors.hpp>
#include <lstmts/model.h>

#include <cstdint>
#include <string>
#include <vector>

namespace lstmts
{

/** The parameters of a network; see model.h. */
class model : public detail::object<lstm_model, lstm_model_free>
{
public:
    explicit model(const lstm_model_options &options)
    {
        hold(detail::make(lstm_model_new, &options));
    }
    /** Takes ownership of a C handle. */
    explicit model(lstm_model *made) noexcept : object(made) {}
    [[nodiscard]] static model load(const std::string &path,
                                    const lstm_load_options &options = LSTM_LOAD_OPTIONS_INIT)
    {
        return model(detail::make(lstm_model_load_with, path.c_str(), &options));
    }
    void save(const std::string &path) const
    {
        detail::check(lstm_model_save(get(), path.c_str()));
    }
    [[nodiscard]] model clone() const { return model(detail::make(lstm_model_clone, get())); }
    std::int64_t inputs() const noexcept { return lstm_model_inputs(get()); }
    std::int64_t outputs() const noexcept { return lstm_model_outputs(get()); }
    std::int64_t hidden() const noexcept { return lstm_model_hidden(get()); }
    std::int64_t layers() const noexcept { return lstm_model_layers(get()); }
    std::int64_t parameters() const noexcept { return lstm_model_parameters(get()); }
    lstm_parameter_info parameter(std::int64_t index) const
    {
        lstm_parameter_info info = {};
        detail::check(lstm_model_parameter(get(), index, &info));
        return info;
    }
    /** All elements of parameter `name`, as lstm_model_get(). */
    [[nodiscard]] std::vector<lstm_real> values(const std::string &name) const
    {
        return detail::tensor(get(), name,
                              [&](const char *n, lstm_real *values, std::int64_t size) {
                                  return lstm_model_get(get(), n, values, size);
                              });
    }
    /** As lstm_model_set(); existing states become stale. */
    void set_values(const std::string &name, const std::vector<lstm_real> &values)
    {
        detail::check(lstm_model_set(get(), name.c_str(), values.data(), detail::count(values)));
    }
};

} // namespace lstmts

#endif
