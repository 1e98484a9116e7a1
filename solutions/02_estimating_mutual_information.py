# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 Estimating mutual information from samples
#
# **Afterwards you can**
#
# - turn a batch of pairs into a matrix of scores, and write two bounds on it: DV and InfoNCE;
# - write the step that trains a critic, and say what its value means, and why InfoNCE stops at
#   $\log N$;
# - say what a critic has found in pairs of images that nobody has labelled for it.
#
# **Time** two sittings of about 30 and 25 minutes. **You need** lesson 01, to have seen a network
# trained with a gradient, and to have written a few lines of TensorFlow. (Its functions are named
# much like NumPy's, with `reduce_` before what sums or averages. Tensors have few methods: it is
# `tf.exp(v)`.)

# %%
import math

import numpy as np

from dimlearn import check, data
from dimlearn.information import worlds
from dimlearn.pictures import curves, estimation, score_matrices, show
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## Two stacks of pairs
#
# Each tile below is a *pair* of images, $x$ on the left and $y$ on the right. In the upper stack
# both images are of the same class, and chosen independently otherwise. In the lower stack $x$ and
# $y$ have nothing to do with each other.

# %%
images = data.load(limit=6000)
together = worlds.same_class_images(images.x_train, images.y_train)
apart = worlds.same_class_images(images.x_train, images.y_train, matched=False)


# %%
def eight(world):
    return [side.reshape(8, *images.image_shape) for side in world.sample(8, seed=run_seed(3))]


show(estimation.pair_stacks(eight(together), eight(apart)), """Two rows of eight tiles with two
images each. In the upper row both images of a tile are of one class.""")

# %% [markdown]
# **Predict**: how many nats do $x$ and $y$ of the upper stack share? (What is the one thing that $x$
# tells about $y$?)

# %%
H = check.yours("entropy")  # from lesson 01
shares = np.bincount(images.y_train) / len(images.y_train)
print(f"upper stack: H(class) = {H(shares):.3f} nats, log 10 = {math.log(10):.3f}; lower stack: 0")

# %% [markdown]
# Given the class the two are independent, and (nearly always) an image shows of which class it is.
# So they share just that: $I(X; Y) = H(\text{class})$, or $\log 10$ for ten equally frequent
# classes (the idea of [Lee & Rhee 2024](https://arxiv.org/abs/2410.10924)). But we used the labels.
# Could you find that number **from the pairs alone**? Not with the tables of lesson 01: an image
# has hundreds of pixels.
#
# Lesson 01 had the mutual information as a KL divergence, which is a mean over what really happens:
#
# $$I(X; Y) = \mathbb{E}_{J}\left[\log \frac{p(x, y)}{p(x)\, p(y)}\right].$$
#
# $\mathbb{E}_J$ is the mean over the joint distribution $J$ of the pairs, the upper stack. What is
# averaged is a *log density ratio*. Its denominator is the product $M$ of the marginals, the lower
# stack. The ratio says how much more often a pair turns up in the upper stack than in the lower
# one. So let a network, the **critic** $T$, learn to tell the stacks apart; if it does that as well
# as can be, it knows the ratio, up to a factor that makes no difference to its task.
#
# ## The score matrix
#
# We need no second stack. In a batch of $N$ pairs $(x_i, y_i)$, set every $x_i$ beside every $y_j$:
# `scores[i, j]` $= T(x_i, y_j)$. The diagonal holds $N$ **positive pairs**, the rest $N(N-1)$
# **negative pairs**. For Gaussians the log density ratio has a formula, so here is the matrix of a
# *perfect* critic, for Gaussians that share 4 nats:

# %%
world = worlds.correlated_gaussians(mi=4.0, dim=20)
x, y = world.sample(16, seed=run_seed())
show(score_matrices({"perfect critic, 16 pairs": world.log_ratio(x, y)}, limit=6), """A matrix of 16 by
16 scores: most of the diagonal is orange, so high, and nearly everything else purple, so low.""")

# %% [markdown]
# A network's critic is often a **product**: one network turns $x$ into a vector $u$, another turns
# $y$ into $v$, both of $U$ numbers, and the score is $u \cdot v$. A worked example of *one* score:

# %%
u = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]])  # two x, U = 3
v = np.array([[1.0, 1.0, 5.0], [2.0, 0.0, 1.0]])  # two y
print("scores[0, 1] =", np.sum(u[0] * v[1]))  # 1*2 + 2*0 + 0*1


# %% [markdown]
# ### Exercise 1: `pairwise_scores`
#
# *Easy, 3 minutes. Stuck? `check.hint("pairwise_scores")`, in the end `check.solution(...)`. You
# may always move on: the lesson goes on with a working function.*
#
# All $N \times N$ scores at once. In this lesson write with TensorFlow, as critics are trained
# *through* your functions, and without a loop over the pairs: it would pass the check, but take
# minutes with the 128 pairs of later cells.

# %% tags=["solution"]
def pairwise_scores(u, v):
    """Inner products of all rows of `u` with all rows of `v`: [N, U], [N, U] -> [N, N]."""
    return tf.matmul(u, v, transpose_b=True)


# %% tags=["nbval-check-output"]
feedback = check.pairwise_scores(pairwise_scores)
scores_of = feedback.use
feedback

# %%
print(scores_of(tf.constant(u, tf.float32), tf.constant(v, tf.float32)).numpy())

# %% [markdown]
# Row 0, column 1 holds the score from above; rows belong to $x$, columns to $y$.
#
# ## The first bound: boasting costs
#
# How far apart does the perfect critic keep the two kinds? Here are its scores of 500 pairs.

# %%
exact = world.log_ratio(*world.sample(500, seed=run_seed()))
own, others = np.diag(exact), exact[~np.eye(500, dtype=bool)]
print(f"mean positive score: {own.mean():.2f} nats (truth: {world.mutual_information:.2f})")
print(f"positive scores below 0: {np.mean(own < 0):.0%}, negative ones: {np.mean(others < 0):.0%}")
show(estimation.two_hills(own, others), """Two hills of scores that overlap a little: the negative
pairs mostly below 0, the positive pairs mostly above it, a dashed line at their mean.""")

# %% [markdown]
# The mean positive score of the perfect critic is the mutual information, up to chance: that is the
# formula above. But another critic could add 5 to every score and claim 5 nats more, knowing
# nothing more. Boasting has to cost something: high scores of *negative* pairs. The
# **Donsker-Varadhan bound** (1983; Eq. 2 of the DIM paper, which is the paper that introduced Deep
# InfoMax, [Hjelm et al. 2019](https://arxiv.org/abs/1808.06670)) sets the price so that no critic
# can exceed the truth:
#
# $$I(X; Y) \;\ge\; \mathbb{E}_J[T] - \log \mathbb{E}_M[e^T],$$
#
# with equality for the log density ratio. Why? For the log ratio $\mathbb{E}_M[e^T] = \sum p(x)\,
# p(y)\, \frac{p(x, y)}{p(x)\, p(y)} = 1$: its price is $\log 1 = 0$, and the first term is $I$. Any
# other critic amounts to a *belief* about pairs, $q(x, y) = p(x)\, p(y)\, e^{T} /
# \mathbb{E}_M[e^T]$, and what its bound lacks of $I$ is exactly $\mathrm{KL}(p(x, y) \,\|\, q)$,
# which is never negative. (All this holds for true expectations. A batch has only averages; that
# will matter in lesson 03.)
#
# A worked example with three pairs, one step a line:

# %% tags=["claim"]
# The mean positive score of the perfect critic is the mutual information, up to chance
assert abs(own.mean() - world.mutual_information) < 0.4  # 3.5 standard errors of 500 pairs

# %%
scores = np.array([[3.0, 0.0, 1.0], [-1.0, 2.0, 0.0], [0.0, 1.0, 4.0]])
positive = np.diag(scores)  # 1. the diagonal: samples of J
negative = scores[~np.eye(3, dtype=bool)]  # 2. all the rest: samples of M
price = np.log(np.mean(np.exp(negative)))  # 3. exp, then mean, then log
print("positive:", positive, " negative:", negative)
print(f"{positive.mean():.3f} - {price:.3f} = {positive.mean() - price:.3f} nats")

# %% [markdown]
# Which principle is step 2? Say it aloud, then open:
#
# <details><summary>The principle of step 2</summary>Only a pair whose halves come from
# <em>different</em> pairs of the batch is a sample of the product of the marginals.</details>
#
# **Predict**: the same three lines, after 1000 has been added to *every* score. What does the
# formula say must come out, and what does the computer say?

# %%
with np.errstate(over="ignore"):
    boasting = np.log(np.mean(np.exp(negative + 1000)))
print(f"{np.mean(positive + 1000):.3f} - {boasting:.3f} = {np.mean(positive + 1000) - boasting}")


# %% [markdown]
# By the formula a constant is added to both parts and drops out: 2.617 nats, as before. The
# computer says minus infinity, since `exp` of 1000 is more than it can hold.
#
# ### Exercise 2: `dv_bound`
#
# *Medium, 8 minutes.* The same bound in TensorFlow, which survives scores of 1000. Three tools:
# `tf.linalg.diag_part(scores)` is the diagonal; `tf.boolean_mask(scores, ~tf.eye(n,
# dtype=tf.bool))` is all the rest; and `tf.reduce_logsumexp` is, without overflow, the log of the
# **sum** of `exp`. What you need is the log of a **mean**. (`n = scores.shape[0]`. Count with it:
# in a compiled training step the length of a masked tensor is not known.)

# %% tags=["solution"]
def dv_bound(scores):
    """Donsker-Varadhan bound of a score matrix [N, N] in nats: a scalar."""
    n = scores.shape[0]
    positive = tf.linalg.diag_part(scores)
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    log_mean_exp = tf.reduce_logsumexp(negative) - math.log(n * (n - 1))
    return tf.reduce_mean(positive) - log_mean_exp


# %% tags=["nbval-check-output"]
feedback = check.dv_bound(dv_bound)
DV = feedback.use
feedback

# %% [markdown]
# **Predict**: what does DV say of the perfect critic, of one that boasts with 1000 more, and of one
# that gives every pair the same score?

# %%
exact = tf.constant(exact, tf.float32)
print(f"perfect {DV(exact):.2f}   boasting {DV(exact + 1000):.2f}   ignorant {DV(0 * exact):.2f}")

# %% [markdown]
# Boasting gains nothing, and ignorance reads 0. What about a critic that is too sure of itself, or
# too timid? We multiply all scores of the perfect critic by a factor. **Predict** where DV is
# highest.

# %%
factors = np.linspace(0, 2, 41)
hill = [float(DV(factor * exact)) for factor in factors]
print(f"highest at the factor {factors[np.argmax(hill)]:.2f}: {max(hill):.2f} nats")
show(curves(factors, {"DV": hill}, "factor on all scores", levels={"truth": 4}), """DV over the
factor: a hill that starts at 0, is highest near the factor 1, and falls again beyond it.""")

# %% [markdown]
# The hill is highest close to the factor 1, the perfect critic itself. This is the point of a
# bound: **it is something to climb**. Whoever makes it larger comes nearer to the log density
# ratio, without knowing any formula for it. (Nearer in the sense of the KL divergence above, and up
# to a constant, which DV does not see.)
#
# ## The second bound: a multiple-choice question
#
# Each *row* of the matrix is a question: which of the $N$ candidates $y_j$ is the partner of $x_i$?
# A softmax turns the row into probabilities. Below they are the perfect critic's. Even it may prefer
# another candidate to the partner: some pairs do not look as if they belonged together.

# %% tags=["claim"]
# The hill is highest close to the factor 1
assert abs(factors[np.argmax(hill)] - 1) <= 0.15


# %%
def exact_scores(information, n, rng, dim=20):
    """The perfect critic's scores of `n` Gaussian pairs that share `information` nats: [n, n]."""
    world = worlds.correlated_gaussians(information, dim)
    return tf.constant(world.log_ratio(*world.draw(n, rng)), tf.float32)


answer = tf.nn.softmax(exact_scores(3.0, 8, np.random.default_rng(run_seed(5)))[0]).numpy()
show(estimation.candidates(answer), f"""Eight bars, one for each candidate: the partner, candidate
0, gets {answer[0]:.2f} of the probability, the seven others share the rest.""")


# %% [markdown]
# **InfoNCE** (van den Oord et al. 2018; Eq. 5 of the DIM paper) is the mean *log-probability* of
# the right answer over the $N$ questions, plus a constant, chosen so that a critic which only
# guesses reads 0. Here, and only here, the positive pair stands among the candidates: a question
# must contain its right answer.
#
# ### Exercise 3: `infonce_bound`
#
# *Medium, 8 minutes.* The two sentences above hold all of it; the formula is folded below the check.
# Two questions on the way. How do you write the *logarithm* of a softmax so that it survives scores
# of 1000, as DV did? And what does a guess among $N$ read before the constant is added? (What sums
# in TensorFlow takes an `axis`.)

# %% tags=["solution"]
def infonce_bound(scores):
    """InfoNCE of a score matrix [N, N] in nats; guessing reads 0: a scalar."""
    own = tf.linalg.diag_part(scores)
    return tf.reduce_mean(own - tf.reduce_logsumexp(scores, axis=1)) + math.log(scores.shape[0])


# %% tags=["nbval-check-output"]
feedback = check.infonce_bound(infonce_bound)
NCE = feedback.use
feedback

# %% [markdown]
# It is a lower bound as well.
# <details><summary>Written out, with $T_{ij} = T(x_i, y_j)$</summary>$$I(X; Y) \;\ge\;
# \mathbb{E}\left[\frac{1}{N} \sum_{i=1}^N \Big(T_{ii} - \log \sum_{j=1}^N e^{T_{ij}}\Big)\right] +
# \log N.$$</details>
#
# **Predict**: the perfect critic, 10 nats, more and more candidates. What is the highest value that
# InfoNCE can possibly show for $N = 64$? (The best log-probability is 0.)

# %%
sizes = [4, 16, 64, 256, 1024]
matrices = [exact_scores(10.0, n, np.random.default_rng(run_seed())) for n in sizes]
found = [float(NCE(matrix)) for matrix in matrices]
right = [np.mean(np.argmax(matrix, axis=1) == np.arange(len(matrix))) for matrix in matrices]
for n, value, share in zip(sizes, found, right):
    print(f"N = {n:4}: InfoNCE {value:.2f} of {math.log(n):.2f}, {share:.0%} answered right")
levels = {"truth": 10, "log N": np.log(sizes)}
show(curves(sizes, {"InfoNCE, perfect critic": found}, "batch size N", levels=levels,
            xscale="log"), """Over the batch size,
InfoNCE follows log N closely from below. Both stay far under the truth of 10 nats.""")  # fmt: skip

# %% [markdown]
# Of the questions at least four in five are answered right, and still the value stops at **the
# ceiling $\log N$**. An InfoNCE near $\log N$ says: *at least* this much.
#
# *A sitting may end here. What you wrote is kept: on another day, run all cells above once and go on.*
#
# ## The step is yours
#
# Now a bound shall train a network. First a worked neighbour: one single number `a`, the factor
# from above, starts at 0.1 and climbs InfoNCE. Read what stands inside `with`, and which sign it
# has.

# %% tags=["claim"]
# Of the questions at least four in five are answered right, and still the value stops at the
# ceiling $\log N$.
assert min(right) >= 0.8
assert all(value <= math.log(n) + 1e-4 for n, value in zip(sizes, found))
assert found[-1] < 10 - 2

# %%
a, optimizer = tf.Variable(0.1), keras.optimizers.SGD(0.05)
for _ in range(6):
    with tf.GradientTape() as tape:
        down = -NCE(a * exact)  # Keras walks downhill
    print(f"a = {a.numpy():.2f}   InfoNCE {-down:.2f}")
    optimizer.apply_gradients([(tape.gradient(down, a), a)])

# %%
print(", ".join(f"factor {factor}: {NCE(factor * exact):.2f}" for factor in (0.5, 0.9, 1.0, 1.1, 2.0)))

# %% [markdown]
# The number climbs from 0.1 towards 1: over the factor, InfoNCE has a hill as well, and its top is
# close to 1 too. A critic has thousands of such numbers. Here is one that only scores, as a Keras
# model; nothing in it trains.

# %% tags=["claim"]
# over the factor, InfoNCE has a hill as well, and its top is close to 1 too
other_hill = [float(NCE(factor * exact)) for factor in factors]
assert abs(factors[np.argmax(other_hill)] - 1) <= 0.15
assert other_hill[0] < 0.01 and other_hill[-1] < max(other_hill) - 0.1


# %%
class PairCritic(keras.Model):
    """`critic(x, y)` gives the scores `[N, N]` of a batch of pairs."""

    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = f, g

    def call(self, x, y):
        return scores_of(self.f(x), self.g(y))


# %% [markdown]
# ### Exercise 4: `critic_step`
#
# *Medium, 10 minutes.* One step up InfoNCE, for the whole critic, from one batch of pairs. Three
# things differ from the neighbour: there are many variables, and of a Keras model only some may be
# moved (a layer may be frozen); nothing is printed; and the function returns *the bound before the
# step*. The step will be compiled, where a tensor has no value yet, so return it as the tensor that
# it is. Your InfoNCE is called `NCE` here.

# %% tags=["solution"]
def critic_step(critic, optimizer, x, y):
    """One step of ascent on `infonce_bound(critic(x, y))`: the bound before it, a scalar tensor."""
    with tf.GradientTape() as tape:
        loss = -NCE(critic(x, y))
    variables = critic.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    return -loss


# %% tags=["nbval-check-output"]
feedback = check.critic_step(critic_step)
step_up = feedback.use
feedback


# %% [markdown]
# Around your step, a loop: batches of pairs that are new every time, and the step, compiled.
# Everything that learns in this lesson learns by it.

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
def training(critic, batches):
    """Train a critic with your step, batch after batch; yields the bound of each."""
    optimizer = keras.optimizers.Adam(3e-3)
    step = tf.function(lambda x, y: step_up(critic, optimizer, x, y))
    for x, y in batches:
        yield float(step(x, y))


# %% [markdown]
# A critic for the Gaussians that share 4 nats. We keep 16 pairs aside, on which it is never
# trained, and look at its answers to *them* as it learns. It takes a few seconds. **Predict** where
# InfoNCE ends: at 4 nats, at $\log 128 = 4.85$, or below both?

# %%
kept = [side.astype("float32") for side in world.sample(16, seed=run_seed(7))]
keras.utils.set_random_seed(run_seed())
critic = PairCritic(network(20, 64), network(20, 64))
run = training(critic, fresh(world))


# %%
def answers(scores):
    """log(N p): by how many nats each answer of a row is likelier than a guess."""
    return (tf.nn.log_softmax(scores, axis=1) + math.log(len(scores))).numpy()


frames, climb = {0: answers(critic(*kept))}, []
for step in (20, 400):
    climb += [next(run) for _ in range(step - len(climb))]
    frames[step] = answers(critic(*kept))

# %%
chosen = {f"step {step}": shown for step, shown in frames.items()}
chosen["perfect critic"] = answers(tf.constant(world.log_ratio(*kept)))
for name, shown in chosen.items():
    ahead, first = np.diag(shown) > 0, shown.argmax(axis=1) == np.arange(16)
    print(f"{name}: partner likelier than a guess in {ahead.sum()} of 16 rows, first in "
          f"{first.sum()}; mean of the diagonal {np.diag(shown).mean():.2f} nats")  # fmt: skip
show(estimation.against_guessing(chosen), """Answers to the same 16 questions at three times, and
those of the perfect critic. At first orange and purple are mixed without a pattern; at the end most
of the diagonal is orange and nearly all the rest purple.""")

# %% [markdown]
# **Most of the diagonal lights up, and not all of it.** With seed 0 the trained critic holds the
# partner for likelier than a guess in 14 of the 16 rows, and puts it first in 12; even the perfect
# critic does so in only 15 and 14, for some pairs just do not look as if they belonged together.
# (The mean of the diagonal *is* InfoNCE, with $N = 16$: read your own formula again.)

# %% tags=["claim"]
# Most of the diagonal lights up, and not all of it.
ahead = np.diag(frames[400]) > 0
assert ahead.sum() >= 10 and (frames[400].argmax(axis=1) == np.arange(16)).sum() < 16
assert np.diag(frames[400]).mean() > np.diag(frames[0]).mean() + 1

# %%
seeds = [np.random.default_rng(run_seed(k)) for k in range(200)]
best = np.mean([NCE(exact_scores(4.0, 128, rng)) for rng in seeds])
print(f"first step {climb[0]:.2f}, last fifty {np.mean(climb[-50:]):.2f} nats; "
      f"the perfect critic reads {best:.2f} with 128 pairs")  # fmt: skip
show(curves(range(400), {"InfoNCE of each batch": climb}, "training step",
            levels={"truth": 4, "log N": math.log(128)}), """InfoNCE of each batch climbs fast at
first, then slowly, and stays below the truth at 4 nats.""")  # fmt: skip

# %% [markdown]
# The critic was given pairs and one number to climb, and found about 3 of the 4 nats. Most of what
# is missing isn't the critic's fault: the perfect critic itself reads about 3.3 with 128 pairs.
# InfoNCE loses something long before its ceiling, and lesson 03 measures how much.
#
# ## Back to the stacks
#
# Now the images. One critic is a product of two *linear* maps of the pixels, another has hidden
# layers. Both climb by your step on training images and are read on pairs of *test* images.
# **Predict**: how much of the $\log 10 \approx 2.30$ nats does each find? It takes about ten
# seconds, more on a busy machine.

# %% tags=["claim"]
# Most of what is missing isn't the critic's fault: the perfect critic itself reads about 3.3 with
# 128 pairs.
reached = np.mean(climb[-50:])
assert abs(best - 3.35) < 0.15 and 4 - best > best - reached and 2.7 < reached < 3.4

# %%
unseen = worlds.same_class_images(images.x_test, images.y_test).sample(1000, seed=run_seed(4))
pixels = unseen[0].shape[1]
keras.utils.set_random_seed(run_seed(2))
image_critics = {
    "linear": PairCritic(network(pixels), network(pixels)),
    "deep": PairCritic(network(pixels, 128, 64), network(pixels, 128, 64)),
}
tests = {}
for name, critic in image_critics.items():
    values = [value for value, _ in zip(training(critic, fresh(together)), range(300))]
    tests[name] = float(NCE(critic(*unseen)))
    print(f"{name:6} training {np.mean(values[-50:]):.2f}   unseen pairs {tests[name]:.2f} nats")

# %% [markdown]
# The information is the same for both. The linear critic sees less of it (of the digits, each at
# its own place and slant, next to nothing), and the deep one a good part after this short training.
# Both values mean "at least". And of pairs that have nothing to do with each other?

# %% tags=["claim"]
# The linear critic sees less of it (of the digits, each at
# its own place and slant, next to nothing), and the deep one a good part after this short training.
assert tests["linear"] < 0.25 and 0.8 < tests["deep"] < math.log(10)

# %%
strangers = worlds.same_class_images(images.x_test, images.y_test, matched=False)
unrelated = strangers.sample(1000, seed=run_seed(6))
nothing = {name: float(NCE(critic(*unrelated))) for name, critic in image_critics.items()}
for name, value in nothing.items():
    print(f"{name:6} unrelated pairs {value:.2f} nats")

# %% [markdown]
# Both read less than 0, and a lower bound may: of 0 nats "at least -2.55", as here with seed 0, is
# true. The deep critic answers with confidence, and here its confidence has no ground. What has it
# found? For each of 250 unseen images $x$ it answers the multiple-choice question with 250 unseen candidates. Its
# probabilities are summed over the candidates of each class (labels serve for this picture only).

# %% tags=["claim"]
# Both read less than 0, and a lower bound may
assert max(nothing.values()) < 0

# %%
x, y = images.x_test[:500].reshape(2, 250, -1)
class_of_x, class_of_y = np.eye(10)[images.y_test[:500].reshape(2, 250)]

chances = tf.nn.softmax(image_critics["deep"](x, y), axis=1).numpy()
table = class_of_x.T @ chances @ class_of_y / class_of_x.sum(axis=0)[:, None]
diagonal = np.diag(table).mean()
show(estimation.class_table(table), f"""Ten by ten probabilities of the deep critic. On the
diagonal, the right class, the mean is {diagonal:.2f}.""")

# %% [markdown]
# Guessing would give each class a tenth; here the mean of the diagonal is about half. It is far
# from even: the class found best gets more than three times as much as the eights, which are found
# least. No label was shown to the critic, only pairs. Here labels had chosen the pairs; Deep InfoMax
# needs none for its own, the code of an image and features of the same image. This is its seed:
# maximise a bound, and the networks *have* to find what the two sides share.
#
# ## What could go wrong
#
# A famous mistake leaves the positive pair out of InfoNCE's sum. A row's price is then the log of
# the *mean* of $e^T$ over its $N - 1$ negatives, so that it looks like DV, row by row. **Predict**:
# what do the three read on average, for the perfect critic, 2 nats and batches of 16 pairs?

# %% tags=["claim"]
# the mean of the diagonal is about half
assert 0.35 < diagonal < 0.65

# %% tags=["claim"]
# the class found best gets more than three times as much as the eights, which are found least
assert np.diag(table).argmin() == 8 and np.diag(table).max() > 3 * np.diag(table)[8]


# %%
def without_positive(scores):
    n = len(scores)
    others = tf.linalg.set_diag(scores, tf.fill([n], -math.inf))
    prices = tf.reduce_logsumexp(others, axis=1) - math.log(n - 1)
    return tf.reduce_mean(tf.linalg.diag_part(scores) - prices)


# %%
batches = [exact_scores(2.0, 16, np.random.default_rng(run_seed(k))) for k in range(200)]
three = {"InfoNCE": NCE, "DV": DV, "without the positive": without_positive}
means = {name: np.mean([bound(scores) for scores in batches]) for name, bound in three.items()}
for name, mean in means.items():
    print(f"{name}: {mean:.2f} nats on average, the truth is 2")

# %% [markdown]
# On average over batches a lower bound is at most the truth. InfoNCE stays below it. Without the
# positive the average lies well above it: **it is no bound any more**. Why? For the perfect critic
# the mean of $e^T$ over all negative pairs there are is 1, and the price 0. But much of that 1 comes
# from rare pairs with high scores, and in most rows of 15 negatives the mean is below 1. The
# logarithm counts what is too low more than what is too high (Jensen's inequality). So the price is
# below 0 on average, and the value above the information.
#
# DV takes one logarithm, of a mean over all 240 negatives. The same holds for it, but it errs much
# less: so little here that these 200 batches may not show it. And $\log N$? More than that from what should be InfoNCE betrays the mistake at once. But
# less than that, as here, does not clear it; and DV, where there is more to find, may read more.
#
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. InfoNCE with $N = 64$ reads 4.1 on new pairs. How much do the variables share?
#
# <details><summary>About 4.1 nats.</summary>It might be ten: that is what a perfect critic read at
# 10 nats with 64 pairs, under its ceiling log 64 = 4.16.</details>
# <details><summary>At least about 4.1 nats.</summary>Right: near the ceiling the value says "at
# least". Reading the same critic on a larger batch tells more.</details>
# <details><summary>At most 4.16 nats, for that is the ceiling.</summary>The ceiling is one of the
# *estimate*, not of the information.</details>
#
# #### 2. Why is the diagonal left out of the price in DV?
#
# <details><summary>Because positive pairs have high scores and would spoil the value.</summary>That
# is the symptom. A negative pair may have a high score too and has to stay.</details>
# <details><summary>Because the price is an expectation under the product of the marginals, and a
# positive pair is no sample of it.</summary>Right. In InfoNCE the positive stands in the
# denominator because there the question is another one: which of N?</details>
# <details><summary>To keep exp from overflowing.</summary>That is what the logsumexp is for.
# Negative pairs overflow just as well.</details>
#
# #### 3. A colleague adds to each row of the scores a number of its own. What changes?
#
# <details><summary>Neither bound.</summary>One number for *all* scores changes neither. With a
# number for each row, DV's price is dominated by the rows that got most.</details>
# <details><summary>DV changes, InfoNCE does not.</summary>Right: each row is a question of its own,
# and a softmax does not see what is added to all of its candidates. So a score says nothing by
# itself in InfoNCE; this is why the pictures of the training show answers, and not
# scores.</details>
# <details><summary>InfoNCE changes, DV does not.</summary>It is the other way round: a softmax is
# taken within a row, and DV's price runs over all rows at once.</details>
#
# ## In this lesson we saw
#
# - the **score matrix**: positive pairs on the diagonal, negative pairs for free everywhere else;
# - **DV**, a lower bound in which boasting costs, and **InfoNCE**, a multiple-choice question that
#   is never above $\log N$;
# - that a bound is something to climb: by **your step** a network that saw nothing but pairs of
#   images began to find the classes.
#
# **Next**: two bounds on the same pairs can read very different numbers. Lesson 03 adds two more,
# sees them err each in its own way, and tells when a number may be believed.

# %% tags=["claim"]
# InfoNCE stays below it. Without the
# positive the average lies well above it: it is no bound any more.
assert means["InfoNCE"] < 2 - 0.3 and means["without the positive"] > 2 + 0.2

# %% tags=["claim"]
# in most rows of 15 negatives the mean is below 1
negatives = [np.exp(one.numpy())[~np.eye(16, dtype=bool)].reshape(16, 15) for one in batches]
assert np.mean(np.mean(negatives, axis=2) < 1) > 0.6

# %% tags=["claim"]
# The same holds for it, but it errs much
# less
assert abs(means["DV"] - 2) < 0.4 * (means["without the positive"] - 2)

# %% tags=["claim"]
# DV, where there is more to find, may read more
assert means["without the positive"] < math.log(16)
assert DV(matrices[2]) > math.log(64) > NCE(matrices[2])

# %%
check.progress()
