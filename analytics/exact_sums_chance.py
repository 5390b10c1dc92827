"""The law of a sum of independent yes-or-no events, by its characteristic function.

Where the sum is small its law is exact; where it is large (``WIDE_VARIANCE``) its first six
cumulants carry it, which is wrong by less than a millionth and does not need the people again.
Method: docs/method.md eq. 91-93.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

Numbers = NDArray[np.float64]
Waves = NDArray[np.complex128]

# Variance of a sum from which six cumulants describe it.
WIDE_VARIANCE = 64.0
# Logarithms of factors are interpolated up to here; nearer to one half a factor may vanish.
_SMOOTH_UP_TO = 0.3
_PRECISION = 1e-14
# A wide law is computed in steps of this many of its standard deviations, then refined.
STEP_SD = 0.125
_REFINED = 4


def exact_waves(probability: Numbers, theta: Numbers) -> Waves:
    """Characteristic function of sums of independent events, exact to rounding.

    Parameters
    ----------
    probability
        ``(..., event)``, each between 0 and 1; 0 is no event at all.
    theta
        Angles from 0 to pi.

    Returns
    -------
    ``(..., angle)``.

    Notes
    -----
    The logarithm of a factor is a smooth function of its probability, so it is read from a
    Chebyshev polynomial: the people enter only through a few sums. Factors near one half, which
    vanish at pi, are multiplied one by one. Method: docs/method.md eq. 91-92.
    """
    shape = probability.shape[:-1]
    p = probability.reshape(-1, probability.shape[-1])
    mirrored = p > 0.5
    # The nearer side: a factor above one half is that of its complement, turned round.
    r = np.where(mirrored, 1.0 - p, p)
    apart = r > _SMOOTH_UP_TO
    is_apart = bool(apart.any())
    both, signed, top = _moments(r, apart if is_apart else None, mirrored)
    turn = np.exp(1j * theta) - 1.0
    table = _log_factors(turn, top, both.shape[-1])
    log_size = both @ table.real
    angle = signed @ table.imag
    turned = (mirrored & ~apart).sum(axis=-1) if is_apart else mirrored.sum(axis=-1)
    if turned.any():
        angle = angle + turned[:, None] * theta
    waves = np.exp(log_size + 1j * angle)
    if is_apart:
        row, event = np.nonzero(apart)
        factor = 1.0 + p[row, event, None] * turn
        rows, first = np.unique(row, return_index=True)
        waves[rows] *= np.multiply.reduceat(factor, first, axis=0)
    return waves.reshape(*shape, len(theta))


def _moments(
    r: Numbers, apart: NDArray[np.bool_] | None, mirrored: NDArray[np.bool_]
) -> tuple[Numbers, Numbers, float]:
    """Sums of Chebyshev polynomials of ``r``, all added and mirrored ones subtracted."""
    if apart is None:
        top, weight = max(float(r.max(initial=0.0)), 1e-9), None
    else:
        top, weight = _SMOOTH_UP_TO, np.where(apart, 0.0, 1.0)
    pole = 1.0 / top - 1.0
    rate = np.log(pole + np.sqrt(pole * pole - 1.0))
    degree = max(2, int(np.ceil(-np.log(_PRECISION) / rate)))
    x = r * (2.0 / top) - 1.0
    old = np.ones_like(r) if weight is None else weight
    new = x if weight is None else x * weight
    is_mirrored = bool(mirrored.any())
    sign = np.where(mirrored, -1.0, 1.0) if is_mirrored else None
    both = np.empty((len(r), degree + 1))
    signed = np.empty_like(both) if is_mirrored else both
    x = 2.0 * x
    for k in range(degree + 1):
        old.sum(axis=-1, out=both[:, k])
        if sign is not None:
            np.einsum("ij,ij->i", old, sign, out=signed[:, k])
        old, new = new, x * new - old
    return both, signed, top


def _log_factors(turn: Waves, top: float, count: int) -> Waves:
    """Chebyshev coefficients of log(1 + r turn) on 0..top, ``(coefficient, angle)``."""
    place = (np.arange(count) + 0.5) * (np.pi / count)
    r = (np.cos(place) + 1.0) * (top / 2.0)
    value = np.log(1.0 + r[:, None] * turn)
    cosine = np.cos(np.arange(count)[:, None] * place)
    coefficient = cosine @ value * (2.0 / count)
    coefficient[0] /= 2.0
    return coefficient


def cumulants(probability: Numbers) -> Numbers:
    """First six cumulants of a sum of independent events, summed over the last axis.

    Parameters
    ----------
    probability
        ``(..., event)``.

    Returns
    -------
    ``(..., 6)``; the second is the variance. Method: docs/method.md eq. 93.
    """
    p = probability
    v = p * (1.0 - p)
    w = 1.0 - 2.0 * p
    s1, s2 = p.sum(axis=-1), v.sum(axis=-1)
    s3 = np.einsum("...i,...i->...", v, w)
    s22 = np.einsum("...i,...i->...", v, v)
    v *= v
    s32 = np.einsum("...i,...i->...", v, w)
    v *= p
    s222 = np.einsum("...i,...i->...", v, 1.0 - p)
    return np.stack([s1, s2, s3, s2 - 6 * s22, s3 - 12 * s32, s2 - 30 * s22 + 120 * s222], axis=-1)


def wide_waves(cumulant: Numbers, theta: Numbers) -> Waves:
    """Characteristic function from six cumulants, ``(..., angle)``.

    ``cumulant`` is ``(..., 6)`` and ``theta`` broadcasts against ``(..., angle)``.
    """
    k = [cumulant[..., order, None] for order in range(6)]
    square = theta * theta
    angle = theta * (k[0] - square * (k[2] / 6 - square * k[4] / 120))
    log_size = -square * (k[1] / 2 - square * (k[3] / 24 - square * k[5] / 720))
    # Far out the series turns up again where the true function is long gone.
    return np.exp(np.minimum(log_size, -square * k[1] / 8) + 1j * angle)


def counts_law(waves: Waves, first: NDArray[np.int64], length: int) -> Numbers:
    """P(sum <= first + k), ``(row, length)``, from waves at ``2 pi f / length``."""
    theta = np.arange(waves.shape[-1]) * (2.0 * np.pi / length)
    waves = np.conj(waves * np.exp(-1j * first[:, None] * theta))
    mass = np.fft.irfft(waves, n=length, axis=-1)
    below: Numbers = np.clip(np.cumsum(mass, axis=-1), 0.0, 1.0)
    return below


def lattice_angles(length: int) -> Numbers:
    """Angles at which :func:`counts_law` wants the waves of ``length`` counts."""
    last = length // 2
    return np.linspace(0.0, 2.0 * np.pi * last / length, last + 1)


def wide_steps(low: Numbers, high: Numbers, sd: Numbers) -> tuple[Numbers, int]:
    """Width of the steps of wide laws by row, and how many there are (the same for all rows)."""
    step = np.maximum(1.0, STEP_SD * sd)
    length = next_fast_len(int(np.ceil(((high - low) / step).max())) + 4, real=True)
    return step, length + length % 2


def wide_law(waves: Waves, low: Numbers, step: Numbers, length: int) -> Numbers:
    """A smooth function of x that is P(sum < x) midway between whole numbers.

    ``waves`` at ``2 pi f / (length step)``, ``(row, f)``; answered at ``low + k step / 4``.
    """
    turn = np.arange(waves.shape[-1]) * (2.0 * np.pi / length)
    theta = turn / step[:, None]
    # np.sinc(x) is sin(pi x)/(pi x). Multiplying gathers the mass of one fine step; dividing
    # spreads the mass of a count over the whole number about it.
    fine = step[:, None] / _REFINED
    spread = np.sinc(theta * fine / (2 * np.pi)) / np.sinc(theta / (2 * np.pi))
    middle = low[:, None] + fine / 2
    waves = np.conj(waves * spread * np.exp(-1j * theta * middle))
    waves[:, -1] *= 0.5
    padded = np.zeros((len(waves), length * _REFINED // 2 + 1), dtype=np.complex128)
    padded[:, : waves.shape[-1]] = waves
    mass = np.fft.irfft(padded, n=length * _REFINED, axis=-1)
    below = np.concatenate([np.zeros((len(mass), 1)), np.cumsum(mass, axis=-1)], axis=-1)
    return np.clip(below, 0.0, 1.0)


def refined_step(step: Numbers) -> Numbers:
    """Distance between the points :func:`wide_law` answers at."""
    return step / _REFINED
