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
# - say which bound scatters, which one stops at $\log N$, and which one is no mutual information at
#   all;
# - tell an honest estimate from one that has fooled itself.
#
# **Time** about 30 minutes. **You need** lesson 02: score matrix, critic, DV and InfoNCE.

# %%
import itertools
import math

import numpy as np

from dimlearn import check
from dimlearn.information import readouts, worlds
from dimlearn.pictures import canvas, explorer, score_matrices, show
from dimlearn.pictures.style import BLACK, BLUE, GREEN, GREY, ORANGE
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## What we take along
#
# The functions of lesson 02, yours where they are correct, and its critic. Nothing here is new.

# %%
scores_of = check.yours("pairwise_scores")
DV = check.yours("dv_bound")
NCE = check.yours("infonce_bound")


# %%
def network(inputs, *hidden, outputs=32):
    """A dense network with these hidden layers and a vector of `outputs` numbers at its end."""
    layers = [keras.layers.Dense(units, activation="gelu") for units in hidden]
    return keras.Sequential([keras.Input((inputs,)), *layers, keras.layers.Dense(outputs)])


def fresh(world, n=128, seed=1):
    """Batches of `n` new pairs, without end."""
    rng = np.random.default_rng(run_seed(seed))
    while True:
        yield [side.astype("float32") for side in world.draw(n, rng)]


# %%
class Critic:
    """Two networks, one for each side of a pair; the score is the product of what they say."""

    def __init__(self, f, g, bound):
        self.f, self.g, self.bound = f, g, bound
        self.optimizer = keras.optimizers.Adam(3e-3)

    def scores(self, x, y):
        return scores_of(self.f(x), self.g(y))

    @tf.function
    def step(self, x, y):
        """One step up the bound. Returns its value before the step, and the scores."""
        with tf.GradientTape() as tape:
            scores = self.scores(x, y)
            loss = -self.bound(scores)  # Keras walks downhill
        weights = self.f.trainable_variables + self.g.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return -loss, scores

    def train(self, batches, steps):
        return [float(self.step(*next(batches))[0]) for _ in range(steps)]


# %%
world = worlds.correlated_gaussians(mi=4.0, dim=20)
exact = tf.constant(world.log_ratio(*world.sample(500, seed=run_seed())), tf.float32)
kept = world.sample(16, seed=run_seed(7))


# %% [markdown]
# ## The third bound: no logarithm
#
# DV takes the logarithm of an average over the batch. The average is right on average, its
# logarithm is not: a batch reads *too high* (Jensen's inequality; we measure it below). The bound
# of **Nguyen, Wainwright & Jordan** (2010) has plain averages only:
#
# $$I(X; Y) \;\ge\; \mathbb{E}_J[T] - \mathbb{E}_M\left[e^{T - 1}\right].$$
#
# ### Exercise 1: `nwj_bound`, free
#
# *Easy, 3 minutes.* Take from `dv_bound` what you can use.

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
# **Predict**: we add a constant $c$ to all scores of the perfect critic. DV does not care. What
# does NWJ do, and where is it highest?

# %%
constants = np.linspace(-1.5, 2.5, 33)
figure, axis = canvas()
axis.plot(constants, [DV(exact + c) for c in constants], color=BLUE, label="DV")
axis.plot(constants, [NWJ(exact + c) for c in constants], "--", color=GREEN, label="NWJ")
axis.axvline(1, color=GREY, linestyle=":")
axis.set(xlabel="constant c added to all scores", ylabel="bound in nats")
axis.legend(frameon=False)
show(figure, """DV is a flat line. NWJ is a hill that touches it at the dotted line, where the
constant is about 1, and falls on both sides, faster to the right.""")

# %% [markdown]
# NWJ touches DV near $c = 1$: its best critic is $1 + \log$ ratio, not $\log$ ratio. Boasting *and*
# modesty cost. What if that 1 is forgotten when a critic is read?

# %%
print(f"truth {world.mutual_information:.2f}   NWJ(1 + log ratio) {NWJ(1 + exact):.2f}   "
      f"NWJ(log ratio) {NWJ(exact):.2f}   1/e = {1 / math.e:.2f}")  # fmt: skip

# %% [markdown]
# Forgetting it loses about $1/e$ of a nat: compare the two values of NWJ. In expectation it is
# exactly that, at any amount of information: for the log ratio the price is $\mathbb{E}_M[e^{T -
# 1}] = \mathbb{E}_M[e^T] / e = 1/e$, as $\mathbb{E}_M[e^T] = 1$.
#
# ## The fourth: a classifier
#
# DV and NWJ contain $e^T$: one negative pair with a high score can be the whole price. The DIM
# paper has something calmer (Eq. 4, after Nowozin et al. 2016). Read the score as the *logit* of a
# classifier that is asked whether a pair belongs together: $T$ stands for the probability
# $\sigma(T) = 1 / (1 + e^{-T})$ of "yes". With the *softplus* $\mathrm{sp}(t) = \log(1 + e^t)$, the
# log-probability of "yes" is $-\mathrm{sp}(-T)$ and that of "no" is $-\mathrm{sp}(T)$.
#
# The reward is the log-probability of the right answer, averaged over each stack. This is the
# **Jensen-Shannon objective (JSD)**, named after the divergence that its best value measures:
#
# $$\mathbb{E}_J[-\mathrm{sp}(-T)] - \mathbb{E}_M[\mathrm{sp}(T)].$$

# %%
t = np.linspace(-5, 5, 101)
figure, axis = canvas(width=5)
axis.plot(t, np.exp(t - 1), "--", color=GREEN, label="price in NWJ: exp(T - 1)")
axis.plot(t, np.logaddexp(0, t), color=BLUE, label="price in JSD: sp(T)")
axis.plot(t, -np.logaddexp(0, -t), color=ORANGE, label="reward in JSD: -sp(-T)")
axis.set(xlabel="score T", ylabel="nats", ylim=(-6, 10))
axis.legend(frameon=False, loc="upper left")
show(figure, """Three curves over the score. NWJ's price for a negative pair shoots up, JSD's price
becomes a straight line, and JSD's reward for a positive pair rises to 0 and no further.""")


# %% [markdown]
# The slopes of both softplus curves never exceed 1: no single pair can throw the critic off.
#
# ### Exercise 2: `jsd_bound`, free
#
# *Medium, 4 minutes.* `tf.nn.softplus` is safe for any score. Mind the minus signs, and average
# each kind of pair by itself. No constant is added: it is Eq. 4 as printed.

# %% tags=["solution"]
def jsd_bound(scores):
    """Jensen-Shannon objective of a score matrix [N, N] (DIM Eq. 4) in nats: a scalar."""
    n = scores.shape[0]
    positive = tf.linalg.diag_part(scores)
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    return tf.reduce_mean(-tf.nn.softplus(-positive)) - tf.reduce_mean(tf.nn.softplus(negative))


# %% tags=["nbval-check-output"]
feedback = check.jsd_bound(jsd_bound)
JSD = feedback.use
feedback


# %% [markdown]
# **Predict**: the perfect critic again, for Gaussians that share 0.5 to 10 nats. What does JSD read
# at 10?

# %%
def exact_scores(information, n, rng, dim=20):
    """The perfect critic's scores of `n` Gaussian pairs that share `information` nats: [n, n]."""
    world = worlds.correlated_gaussians(information, dim)
    return tf.constant(world.log_ratio(*world.draw(n, rng)), tf.float32)


rng, truths = np.random.default_rng(run_seed()), [0.5, 1, 2, 3, 4, 6, 8, 10]
values = [float(JSD(exact_scores(truth, 500, rng))) for truth in truths]

# %%
figure, axis = canvas()
axis.plot(truths, truths, color=BLACK, linestyle="--", label="truth")
axis.plot(truths, values, "o-", color=BLUE, label="JSD objective")
axis.set(xlabel="mutual information in nats", ylabel="nats", ylim=(-2, 5))
axis.legend(frameon=False)
print(f"at 6 nats {values[-3]:.2f}, at 10 nats {values[-1]:.2f}; "
      f"all scores 0: {JSD(0 * exact):.3f} = -2 log 2")  # fmt: skip
show(figure, """The dashed truth rises as a straight line. The JSD objective starts below minus 1,
rises a little and flattens out just below 0.""")

# %% [markdown]
# **The JSD value is not a mutual information**, with or without $2 \log 2$ added: it says how well
# the two stacks can be told apart, and ends at 0. As something to *climb* it is fine: its best
# critic is the log density ratio itself. So train with JSD, and **read out** the critic with
# another bound:

# %%
keras.utils.set_random_seed(run_seed())
critic = Critic(network(20, 64), network(20, 64), JSD)
jsd_curve = critic.train(fresh(world), 400)
held = critic.scores(*world.sample(1000, seed=run_seed(8))).numpy()
print(f"JSD objective: {np.mean(jsd_curve[-50:]):.2f}")

# %%
for name, value in readouts.read_log_ratio(held).items():
    print(f"{name:20} {value:5.2f} nats")

# %% [markdown]
# From an objective below 0 to about 3 of the 4 nats, with the same critic. (NWJ is given $1 + T$,
# because JSD's best critic is the log ratio. SMILE-5 is DV whose negative scores are clipped to
# between -5 and 5, and the mean positive score just believes the critic: these two are no bounds
# and can exceed the truth.)
#
# ## Which one shall I believe?
#
# All bounds on *one* perfect critic: only the formula differs. We read 300 batches of 64 pairs at
# each amount of information. **Predict** for each bound: is it right on average, and how much does
# it scatter? (The dots of one amount are spread sideways only so that they do not hide each other.
# It takes a few seconds.)

# %%
read_all = tf.function(lambda scores: tf.stack([DV(scores), NWJ(1 + scores), NCE(scores)]))


def read_batches(information, n, repeats, temperature=1.0):
    """DV, NWJ and InfoNCE of `repeats` batches under the perfect critic: [repeats, 3]."""
    rng = np.random.default_rng(run_seed())
    batches = (exact_scores(information, n, rng) / temperature for _ in range(repeats))
    return np.array([read_all(scores) for scores in batches])


levels, names, colors = [2, 4, 6, 8, 10], ("DV", "NWJ", "InfoNCE"), (BLUE, GREEN, ORANGE)
read = np.array([read_batches(level, 64, 300) for level in levels])  # [levels, batches, bounds]

# %%
figure, axes = canvas(3, width=3.0, sharey=True)
places = np.repeat(levels, 300) + np.tile(np.linspace(-0.6, 0.6, 300), 5)
for k, axis in enumerate(axes):
    axis.plot(places, read[:, :, k].ravel(), ".", color=colors[k], markersize=2, label="batches")
    axis.plot(levels, levels, "--", color=BLACK, label="truth")
    axis.set(title=names[k], xlabel="truth in nats", ylabel="nats", ylim=(-6, 15), xticks=levels)
axis.axhline(math.log(64), color=GREY, linestyle=":", label="log N")
axis.legend(frameon=False, loc="lower right")
show(figure, """Three panels of dots over the truth. DV and NWJ follow the truth in ever longer
clouds, NWJ with dots far below. InfoNCE stays short and bends away under the dotted line.""")

# %%
print("truth    DV            NWJ           InfoNCE       price in NWJ")
for level, values in zip(levels, read):
    told = "   ".join(f"{m:5.2f} ± {d:.2f}" for m, d in zip(values.mean(0), values.std(0)))
    theory = math.sqrt(math.expm1(2 * level) / (64 * 63))
    print(f"{level:5} {told}     ± {theory:.2f} by theory")


# %% [markdown]
# (Mean ± standard deviation over the 300 batches.) **InfoNCE has bias and little variance**: it
# hangs under its ceiling, nearly the same in every batch. **DV** scatters more and more, and its
# *mean* is too high: the bound holds with the true $\mathbb{E}_M$ inside the logarithm, not for the
# logarithm of a batch's average, not even on average.
#
# **NWJ has no bias and a variance that explodes**, more than the picture shows. For these Gaussians
# the ratio has the variance $e^{2I} - 1$ over negative pairs. The last column is what follows for
# the price, the mean over $64 \cdot 63$ of them: $\sqrt{(e^{2I} - 1) / (64 \cdot 63)}$. (At little
# information the positive scores scatter more than that.) So at 10 nats a batch's value should
# deviate by hundreds of nats; we saw between one and two. The rest sits in batches so rare that
# 300 draws hold none of them, and without them even NWJ's mean is too high. Whoever finds ten
# values close together has only missed the eleventh.
#
# Why does it explode? The claim: the mean of $e^T$ hangs on very few of the $64 \cdot 63 = 4032$
# negative pairs of a batch. **Predict**: how large a share of the sum belongs to the largest *one*?

# %%
def share_of_the_largest(scores):
    n = len(scores)
    return float(tf.reduce_max(tf.nn.softmax(scores[~np.eye(n, dtype=bool)])))


for level in levels:
    shares = [share_of_the_largest(exact_scores(level, 64, np.random.default_rng(run_seed(seed))))
              for seed in range(50)]  # fmt: skip
    print(f"{level:2} nats: the largest of 4032 pairs has {np.mean(shares):.0%} of the sum")


# %% [markdown]
# The more two variables share, the rarer are accidental pairs that look real, and the more each one
# weighs. A batch either holds one or it does not: that is the variance, and it grows exponentially
# with the information (Song & Ermon 2020). No cleverer formula helps: a lower bound that holds with
# confidence for *any* distribution can't exceed about the log of the number of samples (McAllester
# & Stratos 2020).
#
# Now play. `temperature` divides all scores: below 1 the critic is too sure of itself, above 1 too
# timid. Find a setting in which the means of all three bounds are nearly right, and one that pulls
# InfoNCE to its ceiling. At 8 nats and temperature 0.5, as in the picture, DV claims more than the
# truth: what happens with larger batches?

# %%
def draw_strips(axis, read):
    for k, mean in enumerate(read.mean(axis=0)):
        axis.plot(k + np.linspace(-0.2, 0.2, 20), read[:, k], ".", color=colors[k])
        axis.plot([k - 0.3, k + 0.3], [mean, mean], color=BLACK)
    axis.set_xticks([0, 1, 2], names)
    axis.set_xlim(-0.5, 3.2)


# %%
def strips(information, temperature, batch):
    read = read_batches(information, batch, 20, temperature)
    figure, axis = canvas(width=5)
    draw_strips(axis, read)
    axis.axhline(information, color=BLACK, linestyle="--", label="truth")
    axis.axhline(math.log(batch), color=GREY, linestyle=":", label="log N")
    axis.set(xlabel="20 batches each; bar: their mean", ylabel="nats", ylim=(-3, 18))
    axis.legend(frameon=False, loc="lower right")
    told = ", ".join(f"{mean:.1f}" for mean in read.mean(axis=0))
    return show(figure, f"""Twenty values each of DV, NWJ and InfoNCE with N = {batch} at
    {information} nats and temperature {temperature:.1f}; their means are {told}.""")


strips(8, 0.5, 64)

# %%
explorer(strips, information=(1, 10, 1, 4), temperature=(0.5, 3.0, 0.1, 1.0),
         batch=[64, 16, 128, 256])  # fmt: skip

# %% [markdown]
# Only the rare negative pair gives an overconfident critic away. Larger batches hold more of them,
# and DV comes down; NWJ's mean is far below the frame. A timid critic costs as well, and a lot:
# here are its means at 4 nats, and last a setting in which all three bounds are nearly right.

# %%
print("nats   N  temperature    DV    NWJ  InfoNCE")
for information, batch, temperature in [(4, 64, 1), (4, 64, 2), (4, 64, 3), (2, 256, 1)]:
    means = read_batches(information, batch, 20, temperature).mean(axis=0)
    print(f"{information:4} {batch:3} {temperature:12}", *(f"{mean:6.2f}" for mean in means))

# %% [markdown]
# Little information, an honest critic and many candidates: then it hardly matters which bound you
# choose.
#
# ## The staircase
#
# The same with a critic that has to *learn*: the truth rises in steps, a critic climbs after it
# with JSD, and each batch is read with three bounds (after Poole et al. 2019). A few seconds.

# %%
keras.utils.set_random_seed(run_seed())
critic, trace = Critic(network(20, 64), network(20, 64), JSD), []
for level in levels:
    batches = fresh(worlds.correlated_gaussians(level, dim=20))
    trace += [read_all(critic.step(*next(batches))[1]) for _ in range(150)]
trace = np.array(trace)  # [steps, bounds]

# %%
figure, axes = canvas(3, width=3.2, sharey=True)
for k, axis in enumerate(axes):
    axis.plot(trace[:, k], color=colors[k], linewidth=0.6, label="each batch")
    axis.plot(np.repeat(levels, 150), color=BLACK, label="truth")
    axis.set(title=names[k], xlabel="training step", ylabel="nats", ylim=(-1, 13))
axis.axhline(math.log(128), color=GREY, linestyle=":", label="log N")
axis.legend(frameon=False, loc="upper left")
show(figure, """Three panels with the truth as a staircase from 2 to 10 nats. DV climbs after it
from below, NWJ does so with deep spikes, InfoNCE flattens out under the dotted line at log N.""")

# %% [markdown]
# Calm and stuck under $\log N$ on the right, closer and wilder on the left: the same trade. But now
# DV and NWJ stay below the truth, too: **a bound is only as good as its critic**.
#
# ## Held out, or fooled
#
# So far every batch was new. Data on a disk are not. Here are 128 pairs of *independent* Gaussians,
# and a critic that is trained on those same pairs again and again. **Predict** what InfoNCE reads
# after 200 steps. The truth is 0.

# %%
nothing = worlds.independent(dim=10)
mine, new = next(fresh(nothing, seed=0)), next(fresh(nothing, seed=1))
keras.utils.set_random_seed(run_seed())
critic, same_again = Critic(network(10, 64), network(10, 64), NCE), itertools.repeat(mine)
training, held_out = [], []
for _ in range(20):
    training.append(np.mean(critic.train(same_again, 10)))
    held_out.append(float(NCE(critic.scores(*new))))

# %%
steps = np.arange(10, 201, 10)
figure, axis = canvas(width=5)
axis.plot(steps, training, color=ORANGE, label="its training pairs")
axis.plot(steps, held_out, "--", color=BLUE, label="new pairs")
axis.axhline(0, color=BLACK, linewidth=1, label="truth")
axis.set(xlabel="training step", ylabel="InfoNCE in nats", ylim=(-20, 8))
axis.legend(frameon=False, loc="center right")
print(f"training pairs {training[-1]:.2f}, log 128 = {math.log(128):.2f}   "
      f"new pairs {held_out[-1]:.1f}")  # fmt: skip
show(figure, """On its training pairs InfoNCE rises from 0 to a plateau just under 5 nats. On new
pairs the same critic falls far below the truth, a line at 0.""")


# %% [markdown]
# A perfect score, and no information whatever: the critic learnt the pairs by heart. On new pairs
# it is wrong with confidence. A lower bound in *expectation* needs pairs that are independent of
# the critic: **read a critic only on pairs it was not trained on**. (`dimlearn.estimate_mi(x, y)`
# does.)
#
# ## What could go wrong
#
# A colleague wrote the JSD objective like this, trained a critic on the Gaussians with 4 nats, and
# looked at the curve. **Predict**: can you see in the curve that something is wrong?

# %%
def colleagues_jsd(scores):
    n = scores.shape[0]
    positive = tf.linalg.diag_part(scores)
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    return tf.reduce_mean(-tf.nn.softplus(positive)) - tf.reduce_mean(tf.nn.softplus(-negative))


keras.utils.set_random_seed(run_seed())
colleague = Critic(network(20, 64), network(20, 64), colleagues_jsd)
colleagues_curve = colleague.train(fresh(world), 400)

# %%
figure, axis = canvas(width=5)
axis.plot(jsd_curve, color=BLUE, linewidth=0.8, label="your JSD")
axis.plot(colleagues_curve, color=ORANGE, linewidth=0.8, label="the colleague's")
axis.set(xlabel="training step", ylabel="objective in nats")
axis.legend(frameon=False, loc="lower right")
show(figure, "Two training curves that rise together to the same height: they can't be told apart.")

# %% [markdown]
# The curve looks fine. The matrix does not, and a read-out is far off:

# %%
dark = colleague.scores(*kept).numpy()
show(score_matrices({"the colleague's critic": dark}, limit=10), """A matrix of 16 by 16
scores with a purple, low diagonal on an orange, high background: the reverse of all others.""")

# %% tags=["nbval-check-output"]
check.jsd_bound(colleagues_jsd)

# %%
held = colleague.scores(*world.sample(1000, seed=run_seed(8)))
print(f"DV {DV(held):.1f} nats   InfoNCE {NCE(held):.1f} nats   (truth {world.mutual_information})")

# %% [markdown]
# Both signs are turned round, so the critic learns to give its positive pairs *low* scores and is
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
# ## In this lesson we saw
#
# - **DV and NWJ**: lower bounds with true expectations. Read from batches, NWJ is right on average,
#   but its variance explodes with the information; DV reads too high. **InfoNCE**: calm, and never
#   above $\log N$. **JSD**: calm, good to climb, and no mutual information until its critic is read
#   out;
# - that a bound is only as good as its critic, and honest only on pairs the critic has not seen.
#
# **Next**: the networks $f$ and $g$ looked at images as long lists of pixels. Lesson 04 builds the
# encoder of Deep InfoMax, which knows that an image has neighbourhoods, and gives a vector for each
# of them and a code for the whole: the two sides of all pairs to come.

# %%
check.progress()
