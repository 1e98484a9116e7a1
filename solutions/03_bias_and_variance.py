# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 Bias and variance of the bounds
#
# **Afterwards you can**
#
# - write two more bounds on a score matrix, NWJ and JSD, and read out a critic trained with JSD;
# - say what an answer given as a logit costs: a helper that later lessons need again and again;
# - say which bound scatters, which one stops at $\log N$, and which one is no mutual information at
#   all;
# - tell an honest estimate from one that has fooled itself, and say what no estimator can do.
#
# **Time** two sittings of about 30 and 20 minutes. **You need** lesson 02: score matrix, critic,
# DV, InfoNCE and your step.

# %%
import itertools
import math

import numpy as np

from dimlearn import check
from dimlearn.course import recorded
from dimlearn.information import worlds
from dimlearn.pictures import curves, estimation, explorer, score_matrices, show
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## What we take along
#
# The functions of lesson 02, yours where they are correct, and its critic.

# %%
scores_of = check.yours("pairwise_scores")
DV = check.yours("dv_bound")
NCE = check.yours("infonce_bound")
step_up = check.yours("critic_step")


# %%
class PairCritic(keras.Model):
    """`critic(x, y)` gives the scores `[N, N]` of a batch of pairs."""

    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = f, g

    def call(self, x, y):
        return scores_of(self.f(x), self.g(y))


def network(inputs):
    hidden = keras.layers.Dense(64, activation="gelu")
    return keras.Sequential([keras.Input((inputs,)), hidden, keras.layers.Dense(32)])


# %%
def fresh(world, n=128, seed=1):
    """Batches of `n` new pairs, without end."""
    rng = np.random.default_rng(run_seed(seed))
    while True:
        yield [side.astype("float32") for side in world.draw(n, rng)]


# %%
world = worlds.correlated_gaussians(mi=4.0, dim=20)
exact = tf.constant(world.log_ratio(*world.sample(500, seed=run_seed())), tf.float32)

# %% [markdown]
# ## The third bound: a line for the logarithm
#
# DV takes the logarithm of an average over the batch. The average is right on average, but its
# logarithm is not (Jensen's inequality; we measure it below). So let us get rid of the logarithm.
# The picture shows $\log z$ and a straight line that touches it at $z = e$.

# %%
z = np.linspace(0.2, 8, 100)
show(curves(z, {"log z": np.log(z), "the line": z / math.e}, "z", "value"),
     """The logarithm and a straight line through 0, which touches it at e from above.""")  # fmt: skip


# %% [markdown]
# ### Exercise 1: `nwj_bound`
#
# *Medium, 8 minutes.* DV is $\mathbb{E}_J[T] - \log \mathbb{E}_M[e^T]$. The picture gives another
# bound, that of **Nguyen, Wainwright & Jordan** (2010), which has no logarithm. Which function of
# the average is subtracted there? Before you write, say: is the result above or below DV, and for
# which average are the two equal?

# %% tags=["solution"]
def nwj_bound(scores):
    """Nguyen-Wainwright-Jordan bound of a score matrix [N, N] in nats: a scalar."""
    n = scores.shape[0]
    positive = tf.linalg.diag_part(scores)
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    return tf.reduce_mean(positive) - tf.reduce_mean(tf.exp(negative - 1.0))


# %% tags=["nbval-check-output"]
feedback = check.nwj_bound(nwj_bound)
NWJ = feedback.use
feedback

# %% [markdown]
# $$I(X; Y) \;\ge\; \mathbb{E}_J[T] - \mathbb{E}_M\left[e^{T - 1}\right].$$
#
# (The line has the slope $1/e$, which is written in the exponent.) It is never below the logarithm,
# so NWJ's price is never below DV's: NWJ is at most DV, in every single batch. It is a lower bound
# because DV is one.
#
# **Predict**: we add a constant $c$ to all scores of the perfect critic. DV does not care. What
# does NWJ do, and where is it highest?

# %%
constants = np.linspace(-1.5, 2.5, 41)
shifted = {"DV": [float(DV(exact + c)) for c in constants],
           "NWJ": [float(NWJ(exact + c)) for c in constants]}  # fmt: skip
print(f"NWJ is highest at c = {constants[np.argmax(shifted['NWJ'])]:.1f}")
show(curves(constants, shifted, "constant c added to all scores"), """DV is a flat line.
NWJ is a hill that touches it near the constant 1, and falls on both sides.""")

# %% [markdown]
# NWJ touches DV near $c = 1$, where the average of $e^T$ is $e$: its best critic is $1 + \log$
# ratio, not $\log$ ratio. Boasting *and* modesty cost. What if that 1 is forgotten when a critic is
# read?

# %% tags=["claim"]
# NWJ touches DV near $c = 1$
assert abs(constants[np.argmax(shifted["NWJ"])] - 1) <= 0.3
assert max(shifted["DV"]) - max(shifted["NWJ"]) < 0.01
assert all(low <= high + 1e-4 for low, high in zip(shifted["NWJ"], shifted["DV"]))

# %%
print(f"truth {world.mutual_information:.2f}   NWJ(1 + log ratio) {NWJ(1 + exact):.2f}   "
      f"NWJ(log ratio) {NWJ(exact):.2f}   1/e = {1 / math.e:.2f}")  # fmt: skip

# %% [markdown]
# Forgetting it loses about $1/e$ of a nat. In expectation it is exactly that, at any amount of
# information: for the log ratio the price is $\mathbb{E}_M[e^{T - 1}] = \mathbb{E}_M[e^T] / e =
# 1/e$, as $\mathbb{E}_M[e^T] = 1$.
#
# ## The fourth: a classifier
#
# DV and NWJ contain $e^T$: one negative pair with a high score can be the whole price. The DIM
# paper has something calmer (Eq. 4, after Nowozin et al. 2016). Read the score as the *logit* of a
# classifier that is asked whether a pair belongs together: its probability of "yes" is the
# *sigmoid* of the score, $\sigma(T) = 1 / (1 + e^{-T})$. What such an answer *costs* is the
# surprise of lesson 01: minus the log-probability that it gave to what is right.
#
# ### Exercise 2: `answer_cost`
#
# *Medium, 7 minutes.* Here are some logits; the right answer is the same for all of them, yes or
# no. What do they cost on average? Work out the two logarithms first, and write them with the
# *softplus* $\mathrm{sp}(t) = \log(1 + e^t)$: `tf.nn.softplus` is safe for any score, the logarithm
# of a probability that has become 0 is not. A logit of 0 says "one half": what does that cost, for
# either answer?

# %% tags=["claim"]
# Forgetting it loses about $1/e$ of a nat
assert abs(NWJ(1 + exact) - NWJ(exact) - 1 / math.e) < 0.25


# %% tags=["solution"]
def answer_cost(logits, yes):
    """Mean cost in nats of answers, logits of any shape, whose right answer is yes, or no."""
    return tf.reduce_mean(tf.nn.softplus(-logits if yes else logits))


# %% tags=["nbval-check-output"]
feedback = check.answer_cost(answer_cost)
cost = feedback.use
feedback

# %%
for logit in (-5.0, 0.0, 5.0):
    print(f"logit {logit:+.0f}: costs {cost(tf.constant(logit), True):.3f} where yes is right, "
          f"{cost(tf.constant(logit), False):.3f} where no is")  # fmt: skip


# %% [markdown]
# An answer that is sure and right is nearly free, one that cannot tell costs $\log 2$, and one that
# is sure and wrong costs about as much as its logit is large.
#
# ### Exercise 3: `jsd_bound`
#
# *Medium, 5 minutes.* The objective of Eq. 4 is high where the critic's answers cost little. What
# is the right answer for each entry of the matrix? A matrix of $N$ pairs has $N - 1$ times as many
# entries of one kind as of the other, and yet both kinds are to have the same say. Before you
# write: which values can the objective have at all? For a critic that gives every pair the score 0
# it is $-2 \log 2$, in a matrix of any size: where does the 2 in front come from? (Take `cost`,
# which works in any case.)

# %% tags=["solution"]
def jsd_bound(scores):
    """Jensen-Shannon objective of a score matrix [N, N] (DIM Eq. 4) in nats: a scalar."""
    n = scores.shape[0]
    positive = tf.linalg.diag_part(scores)
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    return -cost(positive, True) - cost(negative, False)


# %% tags=["nbval-check-output"]
feedback = check.jsd_bound(jsd_bound)
JSD = feedback.use
feedback

# %% [markdown]
# This is the **Jensen-Shannon objective (JSD)**, named after the divergence that its best value
# measures:
#
# $$\mathbb{E}_J[-\mathrm{sp}(-T)] - \mathbb{E}_M[\mathrm{sp}(T)].$$
#
# What does a negative pair with the score $T$ cost in NWJ, and what here?

# %%
t = np.linspace(-5, 5, 101)
prices = {"NWJ: exp(T - 1)": np.exp(t - 1), "JSD: sp(T)": np.logaddexp(0, t)}
show(curves(t, prices, "score T of a negative pair", "price in nats", ylim=(-1, 12)),
     """Two prices over the score: NWJ's shoots up, JSD's becomes a straight line.""")  # fmt: skip


# %% [markdown]
# The slope of softplus never exceeds 1: no single pair can throw the critic off.
#
# **Predict**: the perfect critic again, for Gaussians that share 0.5 to 10 nats. What does JSD read
# at 10?

# %%
def exact_scores(information, n, rng, dim=20):
    """The perfect critic's scores of `n` Gaussian pairs that share `information` nats: [n, n]."""
    world = worlds.correlated_gaussians(information, dim)
    return tf.constant(world.log_ratio(*world.draw(n, rng)), tf.float32)


# %%
rng, truths = np.random.default_rng(run_seed()), [0.5, 1, 2, 3, 4, 6, 8, 10]
values = [float(JSD(exact_scores(truth, 500, rng))) for truth in truths]
print(f"at 6 nats {values[5]:.2f}, at 10 nats {values[7]:.2f}; all scores 0: {JSD(0 * exact):.2f}")
show(curves(truths, {"JSD objective": values}, "mutual information in nats",
                       levels={"truth": truths}), """The truth rises as a straight line. The JSD
objective starts below -1, rises a little and flattens out just below 0.""")  # fmt: skip

# %% [markdown]
# **The JSD value is not a mutual information**, with or without $2 \log 2$ added: it says how well
# the two stacks can be told apart, and ends at 0. As something to *climb* it is fine: its best
# critic is the log density ratio itself. So train with JSD, and **read out** the critic with
# another bound. Your step of lesson 02 went up InfoNCE; with the bound as an argument it goes up
# any:

# %% tags=["claim"]
# it says how well the two stacks can be told apart, and ends at 0
assert all(value < 0 for value in values) and values[7] > -0.1 and values[7] - values[5] < 0.3


# %%
def training(critic, bound, batches):
    """Train a critic, batch after batch; yields the bound of each."""
    optimizer = keras.optimizers.Adam(3e-3)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            down = -bound(critic(x, y))
        variables = critic.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(down, variables), variables))
        return -down

    return (float(step(x, y)) for x, y in batches)


# %% [markdown]
# **Predict** the read-outs of a critic trained so, at 4 nats. What must NWJ be given, $T$ or $1 +
# T$?

# %%
keras.utils.set_random_seed(run_seed())
critic = PairCritic(network(20), network(20))
jsd_curve = list(itertools.islice(training(critic, JSD, fresh(world)), 400))
held_pairs = next(fresh(world, n=1000, seed=8))
print(f"JSD objective in training: {np.mean(jsd_curve[-50:]):.2f}")

# %%
held = critic(*held_pairs)
readouts = {"DV": DV(held), "NWJ of 1 + T": NWJ(1 + held), "InfoNCE": NCE(held),
            "mean positive score": tf.reduce_mean(tf.linalg.diag_part(held))}  # fmt: skip
for name, value in readouts.items():
    print(f"{name:20} {value:5.2f} nats")

# %% [markdown]
# From an objective below 0 to between two and three and a half of the 4 nats, with the same critic
# and pairs it has never seen. NWJ is given $1 + T$, because JSD's best critic is the log ratio. The
# mean positive score just believes the critic: it is no bound.
#
# *A sitting may end here. What you wrote is kept: on another day, run all cells above once and go
# on.*
#
# ## Which one shall I believe?
#
# Three bounds on *one* perfect critic: only the formula differs. We read 300 batches of 64 pairs at
# each amount of information. **Predict** for each bound: is it right on average, and how much does
# it scatter?

# %% tags=["claim"]
# From an objective below 0 to between two and three and a half of the 4 nats, with the same critic
# and pairs it has never seen.
assert np.mean(jsd_curve[-50:]) < 0
assert all(2 < readouts[name] < 3.5 for name in ("DV", "NWJ of 1 + T", "InfoNCE"))


# %%
@tf.function
def read_all(scores):
    """DV, NWJ and InfoNCE of many matrices of log ratios: [batches, N, N] -> [batches, 3]."""
    return tf.map_fn(lambda one: tf.stack([DV(one), NWJ(1 + one), NCE(one)]), scores)


def read_batches(information, n, repeats, temperature=1.0):
    """The three bounds of `repeats` batches of `n` pairs, under the perfect critic."""
    rng, world = np.random.default_rng(run_seed()), worlds.correlated_gaussians(information)
    scores = [world.log_ratio(*world.draw(n, rng)) / temperature for _ in range(repeats)]
    scores = tf.constant(np.array(scores, "float32"))
    return read_all.get_concrete_function(scores)(scores).numpy()  # a graph for each shape


# %%
levels, names = [2, 4, 6, 8, 10], ("DV", "NWJ", "InfoNCE")
read = np.array([read_batches(level, 64, 300) for level in levels])  # [levels, batches, bounds]
print("truth   DV            NWJ           InfoNCE")
for level, mean, deviation in zip(levels, read.mean(axis=1), read.std(axis=1)):
    print(f"{level:5}  ", "  ".join(f"{m:5.2f} ± {d:.2f}" for m, d in zip(mean, deviation)))
print(f"at 10 nats {np.mean(read[-1, :, 1] > 10):.0%} of NWJ's values are above the truth")

# %%
show(estimation.clouds(levels, read, names, math.log(64)), """Three panels of dots over the truth.
DV and NWJ follow the truth in ever longer clouds, NWJ with dots far below, some out of the frame.
InfoNCE stays short and bends away under log N.""")

# %% [markdown]
# (Mean ± standard deviation over the 300 batches.) **InfoNCE has bias and little variance**. The
# more information there is, the closer it hangs under its ceiling, and from 6 nats on it is nearly
# the same in every batch: about ± 0.12. **DV** scatters ever more, and from 6 nats on its
# *mean* is clearly too high: the bound holds with the true $\mathbb{E}_M$ inside the logarithm, not
# for the logarithm of a batch's average, not even on average.
#
# **NWJ** has no logarithm, so its expectation is exactly the truth. Yet at 10 nats about
# four in five of its values are above it. Why that is no contradiction, 300 batches hardly show.
#
# ## The explosion
#
# Take a gentler case: 2 nats, and batches of only 8 pairs. We read not 300 batches but a hundred
# thousand. **Predict**: how low is the lowest value of NWJ among the first 300, and among all?

# %% tags=["claim"]
# InfoNCE has bias and little variance
means, deviations = read.mean(axis=1), read.std(axis=1)  # [levels, bounds]
assert all(means[1:, 2] < np.array(levels[1:]) - 0.5) and means[-1, 2] <= math.log(64)
assert all(deviations[1:, 2] < deviations[1:, 0] / 2)

# %% tags=["claim"]
# from 6 nats on it is nearly the same in every batch: about ± 0.12.
assert all(deviations[2:, 2] < 0.15)

# %% tags=["claim"]
# **DV** scatters ever more
assert all(np.diff(deviations[:, 0]) > 0)

# %% tags=["claim"]
# Yet at 10 nats about four in five of its values are above it.
assert 0.73 < np.mean(read[-1, :, 1] > levels[-1]) < 0.9

# %% tags=["claim"]
# from 6 nats on its mean is clearly too high
assert all(means[2:, 0] > np.array(levels[2:]) + 0.1)

# %%
many = read_batches(2.0, 8, 100_000)
for count in (300, 100_000):
    for name, values in zip(names, many[:count].T):
        print(f"first {count:6} batches, {name:7}: {values.mean():5.2f} ± {values.std():.2f}, "
              f"lowest {values.min():6.1f}")  # fmt: skip

# %%
short = {name: 2.0 - values for name, values in zip(names, many.T)}
print(f"more than 10 nats too low: {np.mean(short['NWJ'] > 10):.3%} of NWJ's values")
show(estimation.tails(short), """The share of batches that fall short of the truth by so many nats
or more, on two log axes. DV and InfoNCE end within a few nats, NWJ goes on to dozens.""")

# %% [markdown]
# This is what "explodes" means. With seed 0 NWJ's first 300 batches look exactly as calm as DV's, ±
# 0.86 for both. Among all, fewer than one in a thousand are off by more than ten nats, and one reads
# -87, because one of its 56 negative pairs happened to look real. DV takes the logarithm of the
# same average, so the same pair costs it little. What do these few batches carry? Leave them out:

# %%
usual = many[short["NWJ"] <= 10, 1]
print(f"NWJ without them: {usual.mean():.2f} ± {usual.std():.2f}, "
      f"with them: {many[:, 1].mean():.2f} ± {many[:, 1].std():.2f}")  # fmt: skip

# %% [markdown]
# At 2 nats they carry one or two hundredths of a nat of the mean, and a good part of the scatter.
# With more information the batches that count are rarer still, and carry more. **Predict**: fifty
# people read 300 batches of 8 pairs each, at 10 nats, and NWJ is right in expectation. How many of the fifty
# have a mean above 10?

# %% tags=["claim"]
# Among all, fewer than one in a thousand are off by more than ten nats
assert 0 < np.mean(short["NWJ"] > 10) < 1e-3
assert max(short["DV"].max(), short["InfoNCE"].max()) < 8 and short["NWJ"].max() > 20

# %% tags=["claim"]
# At 2 nats they carry one or two hundredths of a nat of the mean, and a good part of the scatter.
assert 0.005 < usual.mean() - many[:, 1].mean() < 0.025
assert usual.std() < 0.93 * many[:, 1].std()

# %%
fifty = read_batches(10.0, 8, 15_000)[:, 1].reshape(50, 300).mean(axis=1)
print(f"{np.sum(fifty > 10)} of the fifty means are above 10 nats; "
      f"half are above {np.median(fifty):.2f}, the lowest is {fifty.min():.1f}")  # fmt: skip

# %% [markdown]
# Here 43, and 38 to 45 over ten seeds. Most sets have missed the rare batches, and the means of the
# few that met them are too low. So NWJ's *expectation* is right, and the mean that you are likely
# to see is too high.
#
# How many batches show the scatter? We cut the hundred thousand at 2 nats into sets of 300 and ask
# each set for NWJ's standard deviation.

# %% tags=["claim"]
# With more information the batches that count are rarer still, and carry more.
assert np.median(fifty) - 10 > 0.2 > 0.025 > usual.mean() - many[:, 1].mean()

# %% tags=["claim"]
# Most sets have missed the rare batches
assert 36 <= np.sum(fifty > 10) <= 47

# %%
sets = many[:99_900, 1].reshape(333, 300).std(axis=1)
low, middle, high = np.quantile(sets, [0, 0.5, 1])
print(f"sets of 300: deviation from {low:.2f} to {high:.2f}, half of them below {middle:.2f}; "
      f"all together {many[:, 1].std():.2f}")  # fmt: skip

# %% [markdown]
# **One seed is an anecdote.** Each set is an experiment that somebody could have reported, and more
# than half of them report too little scatter.
#
# Now with more information. How much *should* NWJ scatter? For these Gaussians both of its parts
# can be worked out. The ratio $e^T$ has the variance $e^{2I} - 1$ over negative pairs, and the
# price is an average over $N(N-1)$ of them. A positive score has the variance $d \rho^2$, with the
# correlation $\rho$ in each of the $d = 20$ dimensions, and $N$ of them are averaged. The two
# parts do not go together, so their variances add up (the entries $(i, j)$ and $(j, i)$ do go
# together a little; that adds hardly more than one percent here):
#
# $$\frac{e^{2I} - 1}{N(N-1)} + \frac{d \rho^2}{N}, \qquad \rho^2 = 1 - e^{-2I/d}.$$
#
# Here is the root of that, for $N = 8$, beside five recorded runs of 20,000 batches each: the mean
# of the runs, in a band from the lowest to the highest.

# %% tags=["claim"]
# more than half of them report too little scatter.
assert np.mean(sets < many[:, 1].std()) > 0.5 and high > 1.5 * middle

# %%
table = recorded.read("explosion")
for name in names:
    runs = table[table["bound"] == name].pivot(index="seed", columns="nats", values="deviation")
    for level in (2, 3, 4):
        print(f"{name:7} at {level} nats:", *(f"{run:.2f}" for run in runs[level]))

# %%
scatter = table.groupby(["bound", "nats"])["deviation"].agg(["mean", "min", "max"])
nats = np.array(sorted(set(table["nats"])))
price, positive = np.expm1(2 * nats) / (8 * 7), 20 * -np.expm1(-2 * nats / 20) / 8
lines = {"NWJ, theory": np.sqrt(price + positive)}
for name in ("NWJ", "DV", "InfoNCE"):
    lines[name] = tuple(scatter.loc[name].to_numpy().T)
show(curves(nats, lines, "mutual information in nats", "standard deviation in nats",
                       yscale="log"), """Standard deviations over the information, on a log axis.
NWJ's theory rises ever more steeply. The band of the five runs lies on it at 1 nat and around it at
2, and below it at 3 and 4. DV rises less, and InfoNCE falls from 2 nats on.""")  # fmt: skip

# %% [markdown]
# The five runs agree about DV and InfoNCE to the second decimal, nearly. About NWJ they agree, with
# each other and with the theory, at 1 nat only. At 2 nats they report from 1.04 to 1.56, where 1.19
# is right, after 20,000 batches each. At 3 nats 2.80 is right, and all five report less. At 4 nats
# 7.35 is right, and the five runs saw 2.5 to 4.2: the usual 95 % interval made of them ends at 4.4,
# confident and wrong. They have just not met the batches that make the difference. So a small
# measured scatter of NWJ is no good news. In this world its price scatters $e$ times as much with every
# further nat. (In any world the variance of $n$ independent prices is at least $(e^I - 1)/n$, so that the
# scatter grows at least like $\sqrt{e}$ a nat; for DV that holds in the limit of large samples. Song &
# Ermon 2020.)
#
# ## What no estimator can do
#
# Could a cleverer formula help? Here is a world in which $y$ simply *is* $x$, one of $K$ letters,
# each as likely as any other. They share $\log K$ nats. **Predict**: by what can you tell 10,000
# letters from a million, in a batch of 64 pairs?

# %% tags=["claim"]
# About NWJ they agree, with each other and with the theory, at 1 nat only.
runs = table[table["bound"] == "NWJ"].pivot(index="seed", columns="nats", values="deviation")
off = np.abs(runs / lines["NWJ, theory"] - 1).max()  # the worst of five, at each amount
assert off[1] < 0.02 and all(off[[2, 3, 4]] > 0.2)

# %% tags=["claim"]
# At 2 nats they report from 1.04 to 1.56, where 1.19 is right
assert round(runs[2].min(), 2) == 1.04 and round(runs[2].max(), 2) == 1.56
assert round(lines["NWJ, theory"][1], 2) == 1.19 and abs(many[:, 1].std() - 1.19) < 0.2

# %% tags=["claim"]
# that adds hardly more than one percent here
mirrored = ((1 - np.expm1(-2 * nats / 20) ** 2) ** -20 - 1) / (8 * 7)
assert np.all(mirrored / (price + positive) < 0.013)

# %% tags=["claim"]
# At 3 nats 2.80 is right, and all five report less. At 4 nats 7.35 is right, and the five runs saw
# 2.5 to 4.2: the usual 95 % interval made of them ends at 4.4, confident and wrong.
assert runs[3].max() < lines["NWJ, theory"][2] and round(lines["NWJ, theory"][2], 2) == 2.80
assert round(runs[4].min(), 1) == 2.5 and round(runs[4].max(), 1) == 4.2
usual_interval = recorded.summary(table, ["bound", "nats"], "deviation").set_index(["bound", "nats"])
assert round(usual_interval.loc[("NWJ", 4), "high"], 1) == 4.4
assert round(lines["NWJ, theory"][3], 2) == 7.35

# %% tags=["claim"]
# The five runs agree about DV and InfoNCE to the second decimal, nearly.
calm = table[table["bound"] != "NWJ"].groupby(["bound", "nats"])["deviation"]
assert (calm.max() - calm.min()).max() < 0.025


# %%
def all_different(letters, n=64, batches=2000):
    """In which share of batches of `n` letters no letter comes twice."""
    drawn = np.random.default_rng(run_seed(2)).integers(letters, size=(batches, n))
    return np.mean(np.diff(np.sort(drawn)).min(axis=1) > 0)


for letters in (10_000, 1_000_000):
    print(f"I = {math.log(letters):4.1f} nats: all 64 different in {all_different(letters):.1%}")

# %% [markdown]
# By nothing, in four batches of five: all letters differ, and which is equal to which is all that a
# *batch* tells. (The critics above were given more: the true ratio, which knows $K$.) The same batch
# belongs to 9.2 nats, to 13.8, and to any larger number. So whatever is computed from it, a number that is
# to stay below the truth in most batches must stay below 9.2.
#
# How far can that be pressed? Fewer letters have less information, and must still be all different
# in every second batch. A batch holds $N(N-1)/2$ pairs of letters, and two letters are equal with
# the probability $1/K$. So no two are equal with about the probability $e^{-N(N-1)/(2K)}$. That is
# one half at

# %%
fewest = 64 * 63 / (2 * math.log(2))
print(f"{fewest:.0f} letters, {math.log(fewest):.1f} nats: "
      f"all 64 different in {all_different(round(fewest)):.0%}")  # fmt: skip

# %% [markdown]
# From 8.0 nats on, half of all batches or more look like infinite information. This is $2 \log N$,
# less a third of a nat: **twice the log of the number of pairs** is about as much as any bound of
# this kind can claim. (McAllester & Stratos 2020 prove $2 \log N + 5$ for every lower bound that
# holds with high confidence whatever the distribution is. InfoNCE stops at half of it.)
#
# Now play. `temperature` divides all scores: below 1 the critic is too sure of itself, above 1 too
# timid. Find a setting in which all three means are nearly right, and one that pulls
# InfoNCE to its ceiling. At 8 nats and temperature 0.5, as in the picture, DV claims more than the
# truth: what happens with larger batches?

# %% tags=["claim"]
# By nothing, in four batches of five
assert 0.75 < all_different(10_000) < 0.88 and all_different(1_000_000) > 0.99

# %% tags=["claim"]
# From 8.0 nats on, half of all batches or more look like infinite information.
assert round(math.log(fewest), 1) == 8.0 and abs(all_different(round(fewest)) - 0.5) < 0.05


# %%
def strips(information, temperature, batch):
    read = read_batches(information, batch, 20, temperature)
    told = ", ".join(f"{mean:.1f}" for mean in read.mean(axis=0))
    return show(estimation.strips(read, names, information, math.log(batch), ylim=(-3, 18)),
                f"""Twenty values each of DV, NWJ and InfoNCE with N = {batch} at {information}
    nats and temperature {temperature:.1f}; their means are {told}.""")  # fmt: skip


strips(8, 0.5, 64)

# %%
explorer(strips, information=(1, 10, 1, 4), temperature=(0.5, 3.0, 0.1, 1.0),
         batch=[64, 16, 128, 256])  # fmt: skip

# %% [markdown]
# Only the rare negative pair gives an overconfident critic away, and larger batches hold more of
# them, so DV sinks. With 256 it reads about the truth, and is on its way through: with the true
# $\mathbb{E}_M$ in place of a batch this critic's DV is $2 \cdot 8 - \log \mathbb{E}_M[e^{2T}]$,
# and by the variance above $\mathbb{E}_M[e^{2T}] = e^{2 \cdot 8}$. That leaves 0 nats.
#
# NWJ meets those pairs in all their weight: in the picture its mean is hundreds of nats below the
# frame, or thousands, and most of its values are below it too. With little information, an honest
# critic and many candidates (2 nats, temperature 1, 256) it hardly matters which bound you choose.
#
# ## Held out, or fooled
#
# So far every batch was new. Data on a disk are not. Here are 128 pairs of *independent* Gaussians,
# and a critic that your step trains on those same pairs again and again. **Predict** what InfoNCE
# reads after 200 steps, on these pairs and on new ones. The truth is 0.

# %% tags=["claim"]
# larger batches hold more of them, so DV sinks. With 256 it reads about the truth
sunk = [read_batches(8, n, 20, 0.5)[:, 0].mean() for n in (16, 64, 256, 1024)]
assert all(np.diff(sunk) < 0) and abs(sunk[2] - 8) < 2

# %% tags=["claim"]
# in the picture its mean is hundreds of nats below the frame, or thousands
NWJ_values = read_batches(8, 64, 20, 0.5)[:, 1]
assert -1e6 < NWJ_values.mean() < -200

# %% tags=["claim"]
# and most of its values are below it too.
assert np.mean(NWJ_values < -3) > 0.7

# %% tags=["claim"]
# (2 nats, temperature 1, 256) it hardly matters which bound you choose.
calm = read_batches(2, 256, 20).mean(axis=0)
assert max(calm) - min(calm) < 0.2 and all(abs(calm - 2) < 0.25)

# %%
nothing = worlds.independent(dim=10)
mine, new = next(fresh(nothing, seed=0)), next(fresh(nothing, seed=1))
keras.utils.set_random_seed(run_seed())
pupil = PairCritic(network(10), network(10))
optimizer = keras.optimizers.Adam(3e-3)
again = tf.function(lambda: step_up(pupil, optimizer, *mine))
learnt, held_out = [], []
for _ in range(200):
    learnt.append(float(again()))
    held_out.append(float(NCE(pupil(*new))))
print(f"its pairs {learnt[-1]:.2f}, log 128 = {math.log(128):.2f}   new pairs {held_out[-1]:.1f}")

# %%
show(curves(range(200), {"its training pairs": learnt, "new pairs": held_out},
                       "training step", levels={"truth": 0, "log N": math.log(128)}), """On its training pairs
InfoNCE rises from 0 to a plateau near log N. On new pairs the critic falls far below 0.""")  # fmt: skip

# %% [markdown]
# A perfect score, and no information whatever: the critic learnt the pairs by heart. On new pairs
# it is wrong with confidence. A lower bound in *expectation* needs pairs that are independent of
# the critic: **read a critic only on pairs it was not trained on**. `dimlearn.estimate_mi(x, y)` does,
# for samples of your own, and in few columns it asks nearest neighbours too (KSG, Kraskov et al. 2004).
# What can't it do? **Predict** what it says of three samples: a number with noise, a number and its cube,
# and two numbers that share nothing, where every row stands four times.

# %%
from dimlearn import estimate_mi

draw = np.random.default_rng(run_seed()).normal
x, noise = draw(size=(2, 500))
samples = {"x and x + noise": (x, x + noise), "x and its cube": (x, x**3),
           "four times the same": np.tile([x, noise], 4)}  # fmt: skip
found = {name: estimate_mi(*sample) for name, sample in samples.items()}
for name, each in found.items():
    print(f"{name}: {each}", *each.warnings, sep="\n    ")

# %% [markdown]
# The first is half of $\log 2$, about 0.35, within its error. Of a cube the truth is infinite, and a
# sample shows a finite part of it: the number means nothing but *at least*. The third has 500 rows and
# not 2,000; without looking for that, nearly every held-out row would have a copy among those that were
# trained on. All this can be seen in a sample, and is said. What a sample does not hold cannot be seen:
# more than the log of its number of pairs, or a dependence among columns as many as its rows. An estimate
# can only warn that there may be more.
#
# ## What could go wrong
#
# A colleague wrote the JSD objective like this, trained a critic on the Gaussians with 4 nats, and
# looked at the curve. **Predict**: can you see in the curve that something is wrong?

# %% tags=["claim"]
# The first is half of $\log 2$, about 0.35, within its error.
first, cube, copies = found.values()
assert abs(first.value - math.log(2) / 2) < 3 * first.standard_error < 0.25

# %% tags=["claim"]
# Of a cube the truth is infinite, and a
# sample shows a finite part of it
assert 3 < cube.value < math.log(500) + 1 and any("infinite" in told for told in cube.warnings)

# %% tags=["claim"]
# The third has 500 rows and
# not 2,000
assert any("1500 of 2000" in told for told in copies.warnings)
assert abs(copies.value) < 3 * copies.standard_error

# %% tags=["claim"]
# A perfect score, and no information whatever
assert learnt[-1] > math.log(128) - 0.3 and held_out[-1] < -2


# %%
def colleagues_jsd(scores):
    n = scores.shape[0]
    positive = tf.linalg.diag_part(scores)
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    return -cost(positive, False) - cost(negative, True)


# %%
keras.utils.set_random_seed(run_seed())
colleague = PairCritic(network(20), network(20))
their_curve = list(itertools.islice(training(colleague, colleagues_jsd, fresh(world)), 400))
both = {"your JSD": jsd_curve, "the colleague's": their_curve}
show(curves(range(400), both, "training step", "objective in nats"), """Two training
curves that rise together to the same height.""")

# %% [markdown]
# The curve looks fine: the two end at the same height. The matrix does not, and a read-out is far
# off:

# %% tags=["claim"]
# the two end at the same height
assert abs(np.mean(jsd_curve[-50:]) - np.mean(their_curve[-50:])) < 0.05

# %%
held = colleague(*held_pairs)
print(f"DV {DV(held):.1f} nats   InfoNCE {NCE(held):.1f} nats   (truth {world.mutual_information})")
wrong = ~np.eye(len(held), dtype=bool)
print(f"below 0: {np.mean(np.diag(held) < 0):.0%} of the positive pairs, "
      f"{np.mean(held.numpy()[wrong] < 0):.0%} of the negative ones")  # fmt: skip
show(score_matrices({"the colleague's critic": held[:16, :16]}, limit=10), """A matrix of 16 by 16
scores: most of the diagonal is below 0, pale or purple, and most of the background orange, above 0.""")

# %% tags=["nbval-check-output"]
check.jsd_bound(colleagues_jsd)

# %% [markdown]
# Yes and no are exchanged, so the critic learns to give its positive pairs *low* scores and is
# rewarded all the same. **A curve alone proves nothing: look at the matrix.**
#
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. A JSD objective rises from -1.39 to -0.40 in training. What do you report?
#
# <details><summary>A mutual information of 0.99 nats.</summary>JSD measures how well two stacks
# can be told apart. Ten nats hardly looked better than six.</details>
# <details><summary>Minus 0.40 nats, a negative information.</summary>Mutual information is never
# negative. The value is not one.</details>
# <details><summary>Nothing yet: I read the critic with DV, NWJ or InfoNCE on new pairs.</summary>
# Right. The objective trains, the read-out measures.</details>
#
# #### 2. On the pairs it was trained on, a critic reads 4.8 nats, on new ones -3. What is true?
#
# <details><summary>At least 4.8 nats: it is a lower bound.</summary>It is one for pairs that are
# independent of the critic. These it knows by heart; independent Gaussians read as much.</details>
# <details><summary>The information is negative on new pairs.</summary>The *bound* is: a critic that
# is wrong with confidence pays for it. The information itself is at least 0.</details>
# <details><summary>The estimate says nothing beyond "at least 0".</summary>Right. More pairs, a
# smaller critic or an earlier stop would help; the training value would not.</details>
#
# #### 3. Ten batches read by NWJ all lie between 7.9 and 9.1 nats. What do you conclude?
#
# <details><summary>The truth is near 8.5, give or take a few tenths.</summary>That would hold for
# an average without a tail. The batches that pull NWJ's mean down are rarer than one in
# ten.</details>
# <details><summary>Little: the scatter that counts sits in batches I have not seen.</summary>Right,
# and the value is likely to be too high for the same reason.</details>
# <details><summary>NWJ is calm at this amount of information.</summary>So it looks to most who
# have met none of the rare batches: at 2 nats, more than half of our sets of 300.</details>
#
# ## In this lesson we saw
#
# - **NWJ**: right on average, with a tail that grows with the information and hides from few
#   batches; **DV**: too high in small batches; **InfoNCE**: calm, and never above $\log N$;
#   **JSD**: good to climb, as no score pulls with a slope above 1, and no mutual information until
#   its critic is read out;
# - that a bound is honest only on pairs the critic has not seen, and that no formula tells what the
#   sample does not show.
#
# **Next**: the networks $f$ and $g$ looked at images as long lists of pixels. Lesson 04 builds the
# encoder of Deep InfoMax, which knows that an image has neighbourhoods, and gives a vector for each
# of them and a code for the whole: the two sides of all pairs to come.

# %% tags=["claim"]
# the critic learns to give its positive pairs *low* scores
low, background = np.diag(held) < 0, held.numpy()[~np.eye(len(held), dtype=bool)]
assert DV(held) < 0 and np.mean(low) > 0.75 and np.mean(background > 0) > 0.8

# %%
check.progress()
