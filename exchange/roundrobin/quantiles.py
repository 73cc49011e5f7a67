"""Upper points of the distributions that critical values come from: one name each, upper-tail probabilities."""

from exchange.roundrobin.refusals import NotANumber

# scipy is imported where it is used: loading it takes a second, and most who import this package need a KPI only.


def share(value: float, what: str) -> float:
    """The value, where it is a probability that leaves something on both sides; else NotANumber."""
    if not 0.0 < value < 1.0:
        raise NotANumber(f"{what} is {value}; it lies between 0 and 1, such as 0.05 or 0.95.")
    return value


def normal_point(lower: float) -> float:
    """The value below which a standard normal variable lies with probability `lower`."""
    from scipy import special

    return float(special.ndtri(lower))


def t_point(upper: float, df: float) -> float:
    """Student's t with `df` degrees of freedom exceeds it with probability `upper`."""
    from scipy import special

    return -float(special.stdtrit(df, upper))


def chi2_point(upper: float, df: float) -> float:
    """Chi-square with `df` degrees of freedom exceeds it with probability `upper`."""
    from scipy import special

    return 2.0 * float(special.gammainccinv(df / 2.0, upper))


def chi2_below(value: float, df: float) -> float:
    """Probability that chi-square with `df` degrees of freedom lies below `value`."""
    from scipy import special

    return float(special.gammainc(df / 2.0, value / 2.0))


def f_point(upper: float, df_above: float, df_below: float) -> float:
    """F with these degrees of freedom (numerator, denominator) exceeds it with probability `upper`."""
    from scipy import special

    # Both parts are found by themselves: one less the other loses all figures where it is near one.
    part = beta_point(upper, df_above / 2.0, df_below / 2.0)
    rest = float(special.betaincinv(df_below / 2.0, df_above / 2.0, upper))
    return df_below * part / (df_above * rest)


def beta_point(upper: float, a: float, b: float) -> float:
    """Beta(a, b) exceeds it with probability `upper`."""
    from scipy import special

    return float(special.betainccinv(a, b, upper))


def beta_above(value: float, a: float, b: float) -> float:
    """Probability that Beta(a, b) exceeds `value`."""
    from scipy import special

    return float(special.betaincc(a, b, value))
