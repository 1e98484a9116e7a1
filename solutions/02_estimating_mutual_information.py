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
# - train a critic with a bound you wrote, and say what its value means, and why InfoNCE stops at
#   $\log N$;
# - say what a critic has found in pairs of images that nobody has labelled for it.
#
# **Time** about 30 minutes. **You need** lesson 01, to have seen a network trained with a gradient,
# and the names of a few TensorFlow functions: `tf.matmul`, `tf.transpose(v)` (there is no `.T`),
# `tf.reduce_mean`, `tf.exp`.

# %%
import math

import numpy as np

from dimlearn import check, data
from dimlearn.information import worlds
from dimlearn.pictures import canvas, explorer, score_matrices, show
from dimlearn.pictures.style import BLACK, BLUE, GREY, ORANGE
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
from dimlearn.pictures import image_grid


def tiles(world, n=8, seed=3):
    x, y = (side.reshape(n, *images.image_shape) for side in world.sample(n, run_seed(seed)))
    return np.concatenate([x, np.ones_like(x[:, :, :2]), y], axis=2)


stacks = image_grid(np.concatenate([tiles(together), tiles(apart)]), columns=8)
stacks.set_size_inches(8, 1.6)
show(stacks, """Two rows of eight tiles with two images each. In the upper row both images of a tile
are of one class, in the lower row mostly not.""")

# %% [markdown]
# **Predict**: how many nats do $x$ and $y$ of the upper stack share? (What does $x$ tell about $y$,
# and nothing else?)

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
# stack, and $\mathbb{E}_M$ will be the mean over that. The ratio says how much more
# often a pair turns up in the upper stack than in the lower one. So let a network, the **critic**
# $T$, learn to tell the stacks apart; if it does that as well as can be, it knows the ratio.
#
# ## The score matrix
#
# We need no second stack. In a batch of $N$ pairs $(x_i, y_i)$, set every $x_i$ beside every $y_j$:
# `scores[i, j]` $= T(x_i, y_j)$. The diagonal holds $N$ **positive pairs**, the rest $N(N-1)$
# **negative pairs**. For Gaussians the log density ratio has a formula, so here is the matrix of a
# *perfect* critic:

# %%
world = worlds.correlated_gaussians(mi=4.0, dim=20)
x, y = world.sample(16, seed=run_seed())
exact = world.log_ratio(x, y)
show(score_matrices({"perfect critic, 16 pairs": exact}), """A matrix of 16 by 16 scores: the
diagonal is orange, so high, and nearly everything else purple, so low.""")

# %% [markdown]
# A network's critic is often a **product**: one network turns $x$ into a vector $u$, another turns
# $y$ into $v$, both of $U$ numbers, and the score is $u \cdot v$. A worked example of *one* score:

# %%
u = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]])  # two x, U = 3
v = np.array([[1.0, 1.0, 5.0], [2.0, 0.0, 1.0]])  # two y
print("scores[0, 1] =", np.sum(u[0] * v[1]))  # 1*2 + 2*0 + 0*1


# %% [markdown]
# ### Exercise 1: `pairwise_scores`, free
#
# *Easy, 3 minutes. Stuck? `check.hint("pairwise_scores")`, in the end `check.solution(...)`. You
# may always move on: the lesson goes on with a working function.*
#
# All $N \times N$ scores at once. In this lesson write with TensorFlow, as critics are trained
# *through* your functions, and without a loop over the pairs: it would pass the check, but take
# minutes with the 128 pairs of later cells. (Should TensorFlow ever advise you to enable "NumPy
# behavior", leave it: `tf.transpose(v)` is all that `v.T` would be.)

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
figure, axis = canvas(width=5)
axis.hist(others, 60, density=True, color=GREY, alpha=0.6, label="negative pairs")
axis.hist(own, 30, density=True, color=ORANGE, alpha=0.8, label="positive pairs")
axis.axvline(own.mean(), color=BLACK, linestyle="--", label="mean of the positive")
axis.set(xlabel="score in nats", ylabel="share of the pairs per nat", xlim=(-30, 12))
axis.legend(frameon=False, loc="upper left")
print(f"mean positive score: {own.mean():.2f} nats (truth: {world.mutual_information:.2f})")
show(figure, f"""Two hills of scores that overlap a little. The negative pairs, mean
{others.mean():.1f} and standard deviation {others.std():.1f}, lie mostly below 0; the positive
pairs, mean {own.mean():.1f} and deviation {own.std():.1f}, mostly above it. A dashed line marks the
mean of the positive.""")

# %% [markdown]
# The mean positive score of the perfect critic *is* the mutual information, up to chance. But
# another critic could add 5 to every score and claim 5 nats more, knowing nothing more. Boasting
# has to cost something: high scores of *negative* pairs. The **Donsker-Varadhan bound** (1983; Eq.
# 2 of the DIM paper, which is the paper that introduced Deep InfoMax, [Hjelm et al.
# 2019](https://arxiv.org/abs/1808.06670)) sets the price so that no critic can exceed the truth:
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
# ### Exercise 2: `dv_bound`, faded
#
# *Medium, 5 minutes.* Both kinds of pairs are given. One trap: `exp` of a score above 88 is
# infinite in 32 bits. `tf.reduce_logsumexp(negative)` is the log of the *sum* of `exp`, without
# overflow. What has to be taken off to make it the log of the *mean*? (Count with $N$: in a
# compiled training step the length of `negative` is not known.)

# %% tags=["solution"]
def dv_bound(scores):
    """Donsker-Varadhan bound of a score matrix [N, N] in nats: a scalar."""
    n = scores.shape[0]
    positive = tf.linalg.diag_part(scores)
    negative = tf.boolean_mask(scores, ~tf.eye(n, dtype=tf.bool))
    # Yours: the log of the mean of exp over `negative` (math.log of a count of n), then the bound.
    log_mean_exp = tf.reduce_logsumexp(negative) - math.log(n * (n - 1))
    return tf.reduce_mean(positive) - log_mean_exp


# %% tags=["nbval-check-output"]
feedback = check.dv_bound(dv_bound)
DV = feedback.use
feedback

# %% [markdown]
# **Predict**: what does DV say of the perfect critic, and of one that boasts with 5 more?

# %%
exact = tf.constant(exact, tf.float32)
print(f"perfect {DV(exact):.2f}   boasting {DV(exact + 5):.2f}   ignorant {DV(0 * exact):.2f}")


# %% [markdown]
# Boasting gains nothing: a constant is added to both parts and drops out.
#
# ## A bound is something to climb
#
# No critic exceeds the truth (in expectation), so we may look for the critic with the *highest*
# bound, by gradient ascent. This is all of it: two networks, batches of pairs that are new every
# time, and a step up.

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


# %% [markdown]
# **Predict**: what will the score matrix of an untrained critic look like, and what will change? We
# keep 16 pairs aside and look at *their* scores all along. It takes a few seconds.

# %%
keras.utils.set_random_seed(run_seed())
critic, batches = Critic(network(20, 64), network(20, 64), DV), fresh(world)
kept = world.sample(16, seed=run_seed(7))
frames, climb = {0: critic.scores(*kept).numpy()}, []
for step in range(20, 401, 20):
    climb += critic.train(batches, 20)
    frames[step] = critic.scores(*kept).numpy()

# %%
chosen = {f"step {step}": frames[step] for step in (0, 20, 100, 400)}
show(score_matrices(chosen, limit=10), """The same 16 pairs' scores at four times. At first all are
near 0 without a pattern; step by step the diagonal turns orange and the rest purple.""")


# %% [markdown]
# **The diagonal lights up**, as in the perfect critic's matrix above. (Those were other pairs, and
# the scale of its colours was another: compare the pattern, not the shades.) Move the slider:

# %%
def frame(step):
    picture = score_matrices({f"step {step}": frames[step]}, limit=10)
    return show(picture, f"The scores of 16 pairs after {step} steps of training.")


explorer(frame, step=(0, 400, 20, 0))

# %%
figure, axis = canvas(width=5)
axis.plot(climb, color=BLUE, linewidth=0.8, label="DV of each batch")
axis.axhline(world.mutual_information, color=BLACK, linestyle="--", label="truth")
axis.set(xlabel="training step", ylabel="nats")
axis.legend(frameon=False, loc="lower right")
show(figure, """The DV bound of each batch climbs from below 0, fast at first, then slowly, and
stays below the dashed line of the truth at 4 nats.""")


# %% [markdown]
# The critic was given pairs and one number to climb, and found about 3 of the 4 nats.
#
# ## The second bound: a multiple-choice question
#
# Each *row* of the matrix is a question: which of the $N$ candidates $y_j$ is the partner of $x_i$?
# A softmax turns the row into probabilities.

# %%
def exact_scores(information, n, rng, dim=20):
    """The perfect critic's scores of `n` Gaussian pairs that share `information` nats: [n, n]."""
    world = worlds.correlated_gaussians(information, dim)
    return tf.constant(world.log_ratio(*world.draw(n, rng)), tf.float32)


row = exact_scores(3.0, 8, np.random.default_rng(run_seed(5)))[0]
figure, axis = canvas(width=4.6)
bars = axis.bar(range(8), tf.nn.softmax(row).numpy(), color=[ORANGE] + [GREY] * 7)
axis.bar_label(bars, fmt="%.2f", padding=2)
axis.set(xlabel="candidate j (0 is the partner)", ylabel="probability", ylim=(0, 1.1))
show(figure, f"""Eight bars: the partner, candidate 0, gets {tf.nn.softmax(row)[0]:.2f} of the
probability, the seven others share the rest.""")


# %% [markdown]
# **InfoNCE** (van den Oord et al. 2018; Eq. 5 of the DIM paper) is the mean log-probability of the
# right answer, plus $\log N$, so that guessing, probability $1/N$, reads 0:
#
# $$I(X; Y) \;\ge\; \mathbb{E}\left[\frac{1}{N} \sum_{i=1}^N \Big(T_{ii} - \log \sum_{j=1}^N
# e^{T_{ij}}\Big)\right] + \log N, \qquad T_{ij} = T(x_i, y_j).$$
#
# Here, and only here, the positive pair is in the sum: a question must contain its right answer.
#
# ### Exercise 3: `infonce_bound`, free
#
# *Medium, 5 minutes.* `tf.reduce_logsumexp` takes an `axis`: which one runs along a row?

# %% tags=["solution"]
def infonce_bound(scores):
    """InfoNCE of a score matrix [N, N] in nats, at most log N: a scalar."""
    own = tf.linalg.diag_part(scores)
    return tf.reduce_mean(own - tf.reduce_logsumexp(scores, axis=1)) + math.log(scores.shape[0])


# %% tags=["nbval-check-output"]
feedback = check.infonce_bound(infonce_bound)
NCE = feedback.use
feedback

# %% [markdown]
# **Predict**: the perfect critic, 10 nats, more and more candidates. What is the highest value that
# InfoNCE can possibly show for $N = 64$? (The best log-probability is 0.)

# %%
sizes = [4, 16, 64, 256, 1024]
matrices = [exact_scores(10.0, n, np.random.default_rng(run_seed())).numpy() for n in sizes]
found = [float(NCE(matrix)) for matrix in matrices]
for n, value, matrix in zip(sizes, found, matrices):
    right = np.mean(matrix.argmax(axis=1) == np.arange(n))
    print(f"N = {n:4}: InfoNCE {value:.2f} of {math.log(n):.2f}, {right:.0%} answered right")

# %%
figure, axis = canvas()
axis.plot(sizes, found, "o-", color=ORANGE, label="InfoNCE, perfect critic")
axis.plot(sizes, np.log(sizes), "--", color=GREY, label="log N")
axis.axhline(10, color=BLACK, label="truth")
axis.set(xlabel="batch size N", ylabel="nats", xscale="log", xticks=sizes, xticklabels=sizes)
axis.minorticks_off()
axis.legend(frameon=False, loc="center left")
show(figure, """Over the batch size, InfoNCE follows the dashed line log N closely from below. Both
stay far under the truth of 10 nats, even with 1024 pairs.""")


# %% [markdown]
# Nine questions in ten or more are answered right, and still the value stops at **the ceiling $\log
# N$**. An InfoNCE near $\log N$ says: *at least* this much.
#
# ## The step is yours
#
# So far `Critic` made the steps. Here is a critic that only scores, as a Keras model:

# %%
class PairCritic(keras.Model):
    """`critic(x, y)` gives the scores `[N, N]` of a batch of pairs."""

    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = f, g

    def call(self, x, y):
        return scores_of(self.f(x), self.g(y))


# %% [markdown]
# ### Exercise 4: `critic_step`, free
#
# *Medium, 8 minutes.* One step up InfoNCE, from one batch of pairs. A Keras model lists what may be
# moved as `critic.trainable_variables`; an optimizer has `apply_gradients`, which takes pairs of a
# gradient and a variable and walks *downhill*. Your InfoNCE is called `NCE` here. Return the bound
# before the step as the tensor that it is: the step will be compiled, where a tensor has no value
# yet.

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
# Your step in your loop, on the Gaussians with 4 nats. **Predict** where it ends: at 4, or below
# $\log 128 = 4.85$?

# %%
keras.utils.set_random_seed(run_seed())
climber, optimizer = PairCritic(network(20, 64), network(20, 64)), keras.optimizers.Adam(3e-3)
one_step = tf.function(lambda x, y: step_up(climber, optimizer, x, y))
climbed = [float(one_step(*pair)) for pair, _ in zip(fresh(world), range(400))]
print(f"first {climbed[0]:.2f}, last fifty {np.mean(climbed[-50:]):.2f} nats")

# %% [markdown]
# ## Back to the stacks
#
# Now the images. **Predict**: one critic is a product of two *linear* maps of the pixels, another
# has hidden layers. Both climb your InfoNCE on training images and are read on pairs of *test*
# images. How much of the $\log 10 \approx 2.30$ nats does each find? It takes about ten seconds,
# more on a busy machine.

# %%
unseen = worlds.same_class_images(images.x_test, images.y_test).sample(1000, seed=run_seed(4))
pixels = unseen[0].shape[1]
image_critics = {
    "linear": Critic(network(pixels), network(pixels), NCE),
    "deep": Critic(network(pixels, 128, 64), network(pixels, 128, 64), NCE),
}

# %%
for name, critic in image_critics.items():
    own, new = np.mean(critic.train(fresh(together), 300)[-50:]), NCE(critic.scores(*unseen))
    print(f"{name:6} training pairs {own:.2f}   unseen pairs {new:.2f} nats")

# %% [markdown]
# The information is the same for both. The linear critic sees less of it (of the digits, each at
# its own place and slant, next to nothing), the deep one a good part after this short training.
# Both values mean "at least". And of pairs that have nothing to do with each other?

# %%
strangers = worlds.same_class_images(images.x_test, images.y_test, matched=False)
unrelated = strangers.sample(1000, seed=run_seed())
for name, critic in image_critics.items():
    print(f"{name:6} unrelated pairs {NCE(critic.scores(*unrelated)):.2f} nats")

# %% [markdown]
# Nothing above 0, as it should be. What has the deep critic found? For each of 250 unseen images
# $x$ it answers the multiple-choice question with 250 unseen candidates. Its probabilities are
# summed over the candidates of each class (labels serve for this picture only).

# %%
x, y = images.x_test[:500].reshape(2, 250, -1)
class_of_x, class_of_y = np.eye(10)[images.y_test[:500].reshape(2, 250)]


def class_table(critic):
    probabilities = tf.nn.softmax(image_critics[critic].scores(x, y), axis=1).numpy()
    return class_of_x.T @ probabilities @ class_of_y / class_of_x.sum(axis=0)[:, None]


# %%
def by_class(critic):
    table = class_table(critic)
    figure, axis = canvas(width=3.6)
    shown = axis.imshow(table, cmap="Blues", vmin=0, vmax=0.8)
    axis.set(xlabel="class of the candidate y", ylabel="class of x", title=critic)
    figure.colorbar(shown, ax=axis, label="probability", extend="max")
    return show(figure, f"""Ten by ten probabilities of the critic called {critic}. On the diagonal,
    the right class, the mean is {np.diag(table).mean():.2f}.""")


by_class("deep")

# %%
explorer(by_class, critic=["deep", "linear"])

# %% [markdown]
# The diagonal lights up once more, now over classes. No label was shown to the critic, only pairs.
# Here labels had chosen the pairs; Deep InfoMax needs none for its own, the code of an image and
# features of the same image. This is its seed: maximise a bound, and the networks *have* to find
# what the two sides share.
#
# ## What could go wrong
#
# A famous mistake leaves the positive pair out of InfoNCE's sum. Which rule of this lesson does the
# result break?

# %%
perfect = exact_scores(10.0, 64, np.random.default_rng(run_seed()))
without = tf.linalg.set_diag(perfect, tf.fill([64], -np.inf))
wrong = tf.reduce_mean(tf.linalg.diag_part(perfect) - tf.reduce_logsumexp(without, axis=1))
print(f"InfoNCE {NCE(perfect):.2f}   without the positive {wrong + math.log(63):.2f}   "
      f"log 64 = {math.log(64):.2f}   truth 10")  # fmt: skip

# %% [markdown]
# It exceeds $\log N$, and the truth: it is no bound any more.
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
# ## In this lesson we saw
#
# - the **score matrix**: positive pairs on the diagonal, negative pairs for free everywhere else;
# - **DV**, a lower bound in which boasting costs, and **InfoNCE**, a multiple-choice question that
#   is never above $\log N$;
# - that a bound is something to climb: networks that were asked to raise one on pairs of images
#   began to find the classes.
#
# **Next**: two bounds on the same pairs can read very different numbers. Lesson 03 adds two more,
# sees them err each in its own way, and tells when a number may be believed.

# %%
check.progress()
