/* SPDX-License-Identifier: MIT */
/*
 * The LSTM cell and its adjoint for a vector of units. Included after vector_gates.h.
 */

/*
 *     i = sigm(z_i)  f = sigm(z_f)  g = tanh(z_g)  o = sigm(z_o)
 *     c_t = f c_{t-1} + i g                                         (1)
 *     h_t = o tanh(c_t)                                             (2)
 * The gates take the place of z.
 */
KERNEL vec cell_state(vec z[3], vec c)
{
    z[0] = sigmoid(z[0]);
    z[1] = sigmoid(z[1]);
    z[2] = hyperbolic_tangent(z[2]);
    return z[1] * c + z[0] * z[2];
}

KERNEL vec cell_output(vec *z, vec c)
{
    *z = sigmoid(*z);
    return *z * hyperbolic_tangent(c);
}

/* c_t takes the place of c_{t-1}. */
KERNEL vec cell(vec z[4], vec *c)
{
    *c = cell_state(z, *c);
    return cell_output(&z[3], *c);
}

/*
 *     dc += dh o (1 - tanh^2 c_t)                                   (3)
 *     dz_i = dc g i(1-i)         dz_f = dc c_{t-1} f(1-f)           (4)
 *     dz_g = dc i (1-g^2)        dz_o = dh tanh(c_t) o(1-o)         (5)
 *     dc_{t-1} = dc f                                               (6)
 * tanh(c_t) is computed again: that is cheaper than the memory that would keep it. dz takes the
 * place of the gates, dc_{t-1} that of dc.
 */
KERNEL void cell_adjoint(vec gates[4], vec c, vec c_prev, vec dh, vec *dc)
{
    vec i = gates[0], f = gates[1], g = gates[2], o = gates[3], tanh_c = hyperbolic_tangent(c);
    vec sum = *dc + dh * o * (1 - tanh_c * tanh_c);
    gates[0] = sum * g * i * (1 - i);
    gates[1] = sum * c_prev * f * (1 - f);
    gates[2] = sum * i * (1 - g * g);
    gates[3] = dh * tanh_c * o * (1 - o);
    *dc = sum * f;
}
