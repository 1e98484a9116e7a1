# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 Diagnosing a representation
#
# **Afterwards you can**
#
# - look inside a code: its neighbours, its spectrum, the dependence between its dimensions;
# - show by experiment why a code that knows no more can be of more use, the puzzle of lesson 00;
# - find a broken part of Deep InfoMax from its symptom, and mend it.
#
# **Time** about 40 minutes. **You need** lesson 09.

# %%
import math

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from dimlearn import bounds, build_encoder, check, data
from dimlearn.deep_infomax import DotProductCritic
from dimlearn.evaluation import (
    Settings,
    all_rows,
    encode,
    few_labels,
    paired_difference,
    standardize,
    whiten,
)
from dimlearn.information import diagnosis, worlds
from dimlearn.pictures import canvas, explorer, neighbours, show
from dimlearn.pictures.style import BLACK, BLUE, GREEN, GREY, ORANGE, RED
from dimlearn.startup import keras, run_seed, tf

tf.get_logger().setLevel("ERROR")  # many small trainings in one notebook: no warning for each

# %% [markdown]
# ## Four codes
#
# The patients of this lesson are codes of 64 numbers. Two are controls without training; two come
# from the same encoder after a short training without labels, by the global and by the local
# objective. The batch normalisation of all three encoders is settled, as in lesson 09. The cell
# takes about fifteen seconds, more on a busy machine.

# %%
images = data.load(limit=3000)
x_test, y_test = images.x_test[:2160], images.y_test[:2160]
settings = Settings(
    epochs=2, batch_size=32, learning_rate=1e-3, bound="infonce_codes",
    weights={"global": (1, 0, 0), "local": (0, 1, 0)},
)  # fmt: skip
known, train, test = all_rows(settings), {}, {}
for name in ("pca", "random", "global", "local"):
    encoder, history = known[name].train(images, settings, seed=run_seed())
    train[name], test[name] = encode(encoder, images.x_train), encode(encoder, x_test)
    print(f"{name:7}", {term: np.round(values, 2).tolist() for term, values in history.items()})


# %% [markdown]
# (The history has a value for each of two epochs; the bounds are in nats, the loss is their
# negative. With batches of 32 neither can exceed $\log 32 = 3.47$.)
#
# As in lesson 09, a **probe** tells what a code is worth to a simple classifier.

# %%
def flat(images):
    return images.reshape(len(images), -1)


def probe(train_codes, test_codes):
    a, b = standardize(train_codes, test_codes)
    straight = LogisticRegression(C=0.1, max_iter=1000, tol=1e-3)
    with threadpool_limits(1):  # on a busy machine many threads mostly wait for one another
        return straight.fit(a, images.y_train).score(b, y_test)


# %%
worth = {name: probe(train[name], test[name]) for name in train}
worth["pixels"] = probe(flat(images.x_train), flat(x_test))
print(", ".join(f"{name} {100 * a:.0f} %" for name, a in worth.items()))


# %% [markdown]
# On the digits the local code is far ahead, whatever the seed. Remember these numbers: in a moment
# we look for something in the codes that explains them.
#
# ## Look at the neighbours
#
# The first thing to do with a code is to *look*. Which training images lie nearest to a test image?
# **Predict** whose neighbours show the same digit more often, those among pixels or those among the
# local codes.

# %%
def nearest(queries, codes, count=5):
    """Indices `[Q, count]` of the nearest codes `[N, D]` of every query `[Q, D]`."""
    distances = (queries**2).sum(1)[:, None] - 2 * queries @ codes.T + (codes**2).sum(1)
    return np.argsort(distances, axis=1)[:, :count]


near = {}
for name, (a, b) in {"pixels": (flat(images.x_train), flat(x_test)),
                     "local": standardize(train["local"], test["local"])}.items():  # fmt: skip
    near[name] = nearest(b, a)

# %%
classes, first_of_class = np.unique(y_test, return_index=True)
some = first_of_class[[0, 2, 3, 5, 7, 8]]
show(*neighbours(x_test[some], y_test[some], {name: found[some] for name, found in near.items()},
                 images.x_train, images.y_train))  # fmt: skip

# %% [markdown]
# The neighbours are training images and the queries test images, so no image can be its own
# neighbour. Forgetting that is a classic: every representation then finds a perfect match. Move
# the slider to see others; a cross marks another class.

# %%
queries = np.random.default_rng(run_seed()).choice(len(x_test), 20, replace=False)


def draw_neighbours(query):
    one = queries[query : query + 1]
    found = {name: near[name][one] for name in near}
    return show(*neighbours(x_test[one], y_test[one], found, images.x_train, images.y_train))


explorer(draw_neighbours, query=(0, 19, 1, 0))


# %%
def agreement(train_codes, test_codes):
    """Of the five nearest codes of each test image, the share that shows its class, `[N]`."""
    found = nearest(test_codes, train_codes)
    return (images.y_train[found] == y_test[:, None]).mean(axis=1)


same_class = {"pixels": agreement(flat(images.x_train), flat(x_test))}
same_class |= {name: agreement(*standardize(train[name], test[name])) for name in train}
for name, found in same_class.items():
    print(f"{name:7} of five neighbours {found.mean():.0%} show the right class")


# %%
def compare_codes(results, *pairs):
    """The paired differences of lesson 09, original by original."""
    for a, b in pairs:
        found = paired_difference(results[a], results[b], images.test_groups[: len(y_test)])
        print("{} minus {}: {:.1f} points, {:.1f} to {:.1f}".format(a, b, *100 * np.array(found)))


compare_codes(same_class, ("local", "pixels"), ("local", "random"), ("global", "pixels"))

# %% [markdown]
# Here the local code **loses**, on the digits with every seed that we tried: to the pixels, and
# even to the same encoder untrained. And it is not Deep InfoMax as such that loses, for the global
# code, whose linear probe is so much lower, has far better neighbours than the local one, only
# about two points behind the pixels. The linear probe may weigh the directions of a code; the plain
# distance takes all numbers alike. One number never tells what a code is worth: say which question
# you asked it.
#
# ## The spectrum
#
# Why may all directions alike be a bad idea? Perhaps most of the code lies in few of them. With
# $\lambda_d$ the eigenvalues of the correlation matrix of the code, $p_d = \lambda_d / \sum
# \lambda$ says how the variance of the *standardised* code is spread, and the exponential of its
# entropy, $e^{H(p)}$, how many directions are really used: the **effective rank**. (If all $K$
# shares are equal, $H = \log K$ and the rank is $K$.) The entropy is yours, from lesson 01, if you
# wrote it there.

# %%
entropy = check.yours("entropy")

# %%
spectra = {name: np.linalg.eigvalsh(np.corrcoef(z, rowvar=False))[::-1] for name, z in test.items()}
figure, axis = canvas(width=5.5)
styles = {"pca": (GREY, ":"), "random": (GREY, "--"),
          "global": (ORANGE, "-."), "local": (BLUE, "-")}  # fmt: skip
for name, (color, style) in styles.items():
    share = spectra[name] / spectra[name].sum()
    rank = np.exp(entropy(np.maximum(share, 0)))
    axis.semilogy(range(1, 65), share, style, color=color, label=f"{name}: rank {rank:.0f}")
axis.set(xlabel="direction of the code", ylabel="share of the variance", ylim=(1e-6, 1))
axis.legend(frameon=False)
show(figure, """Falling curves of the share of variance in each direction. Principal components
are spread evenly; the local and the global code fall fastest: few directions hold nearly all.""")

# %% [markdown]
# Look at the ranks in the legend. The objective asked for information, and never that the 64
# numbers should differ from one another: the two trained codes use the fewest directions, and the
# rest nearly repeats them. Note what this does *not* say: a low rank is not a bad code. The two
# trained codes have ranks that are much alike, and on the digits the best probe by far is one of
# theirs.
#
# Are the repetitions why the local code has poor neighbours? What many numbers say counts many
# times in a distance. **Whitening** takes that away: one linear map after which all directions have
# variance 1 and none is correlated with another. **Predict** what it does to the neighbours.

# %%
networks = ("random", "global", "local")
white = {name: agreement(*whiten(train[name], test[name])) for name in networks}
for name, found in white.items():
    print(f"{name:7} standardised {same_class[name].mean():.0%}, whitened {found.mean():.0%}")


# %% [markdown]
# It helps the local code by a few points, and takes more than that from the two others. Now the
# local code is ahead of the untrained encoder, but far behind the global one and the pixels still:
# the repetitions are a part of the reason, and not all of it.
#
# ## Total correlation
#
# Repetition has a measure. The **total correlation** asks how far the dimensions are from being
# independent,
#
# $$\mathrm{TC}(z) = \mathrm{KL}\big(p(z) \,\|\, \textstyle\prod_d p(z_d)\big),$$
#
# mutual information for $D$ variables instead of two. If the code were Gaussian with correlation
# matrix $R$, it would be
#
# $$\mathrm{TC} = -\tfrac12 \log\det R .$$
#
# ### Exercise 1: `gaussian_total_correlation`, free
#
# *Easy, 5 minutes.* For $D = 2$ this is the Gaussian formula of lesson 01. A determinant of
# many dimensions soon becomes too small for a float (here it is below 1e-40 for the trained codes);
# `np.linalg.slogdet` is safe: it gives the sign and the logarithm.

# %% tags=["solution"]
def gaussian_total_correlation(codes):
    """Total correlation `-1/2 log det R` of codes `[N, D]`, in nats: a number."""
    correlation = np.corrcoef(codes, rowvar=False)
    sign, log_determinant = np.linalg.slogdet(correlation)
    return -0.5 * log_determinant


# %% tags=["nbval-check-output"]
feedback = check.gaussian_total_correlation(gaussian_total_correlation)
total_correlation = feedback.use
feedback

# %%
for name, z in test.items():
    print(f"{name:7} 64 dimensions {total_correlation(z):6.1f} nats,"
          f"  the first eight {total_correlation(z[:, :8]):5.2f} nats")  # fmt: skip


# %% [markdown]
# The principal components are uncorrelated by construction. (On the *training* images: on test
# images a little correlation is left.) **Predict**: are they independent? (Remember the ring of
# lesson 01.)
#
# ## The neural dependency measure
#
# The formula sees straight lines only. Deep InfoMax's authors let a critic judge instead (section
# 4.1 of the paper): show it codes and codes *whose dimensions have been shuffled*, each by
# itself. The first come from $p(z)$, the second from $\prod_d p(z_d)$, and a Donsker-Varadhan
# bound of a critic that tells them apart bounds the total correlation, whatever its shape. This
# is the **neural dependency measure**, NDM.
#
# ### Exercise 2: `shuffle_dimensions`, free
#
# *Medium, 5 minutes.* Every column gets its own permutation. What would a common one do?

# %% tags=["solution"]
def shuffle_dimensions(codes, seed=0):
    """`[N, D] -> [N, D]`, every column in an independent random order of its own."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.permutation(column) for column in codes.T], axis=1)


# %% tags=["nbval-check-output"]
feedback = check.shuffle_dimensions(shuffle_dimensions)
shuffle = feedback.use
feedback

# %%
z = test["local"]
pairs = {"code": z, "one permutation for all": np.random.default_rng(run_seed()).permutation(z),
         "your shuffle": shuffle(z)}  # fmt: skip
for name, codes in pairs.items():
    print(f"{name}: correlation of the first two dimensions "
          f"{np.corrcoef(codes[:, 0], codes[:, 1])[0, 1]:+.2f}")  # fmt: skip

# %% [markdown]
# The permutation that all columns share is the famous mistake here: the rows have moved and nothing
# else has, so the critic has nothing to find and every code reads as independent.
#
# Now the measure, on the first eight dimensions. (Not on all 64: the local code's total correlation
# is tens of nats, and no critic can show that from two thousand codes, as lesson 03 has told. The
# next cell takes a few seconds.)

# %%
for name, z in test.items():
    found = diagnosis.neural_dependency(z[:, :8], folds=3, steps=200)
    print(f"{name:7} by a critic {found.value:.2f} +/- {found.standard_error:.2f},"
          f"  by the Gaussian {total_correlation(z[:, :8]):.2f} nats")  # fmt: skip


# %% [markdown]
# The principal components are not correlated and far from independent: the critic finds what the
# formula cannot see. And the most dependent dimensions are those of the two trained codes. (Which
# of the two is ahead changes with the seed.) Independence, too, is not what makes a probe good.
#
# ## So is it the amount of information?
#
# Deep InfoMax maximises bounds on mutual information. The obvious explanation of the probes:
# better codes hold more of it. We test that explanation, in three experiments.
#
# **Experiment 1: nothing lost.** The following scrambling moves half of the numbers by a function
# of the other half, then the other way round, and so on. Each layer can be undone exactly: the
# scrambled pixels hold *all* the information there is in the image.

# %%
def scramble(x, layers, undo=False):
    """An invertible map of rows `[N, D]`; with `undo=True` its inverse."""
    rng, half = np.random.default_rng(run_seed()), x.shape[1] // 2
    weights = [0.3 * rng.normal(size=(x.shape[1] - half, half)) for _ in range(layers)]
    left, right = x[:, :half], x[:, half:]
    for w in weights[::-1] if undo else weights:
        if undo:
            left, right = right - np.tanh(left @ w), left
        else:
            left, right = right, left + np.tanh(right @ w)
    return np.concatenate([left, right], axis=1)


# %%
pixels = [flat(part).astype("float64") for part in (images.x_train, x_test)]
error = np.abs(scramble(scramble(pixels[1], 12), 12, undo=True) - pixels[1]).max()
print(f"twelve layers, undone: wrong by at most {error:.0e}")

# %% [markdown]
# No layer has learnt anything: the weights are random. **Predict** the curve of the linear probe
# over the number of layers: up, down, flat?

# %%
depths = (0, 1, 2, 4, 8, 12)
lossless = [probe(*(scramble(part, k) for part in pixels)) for k in depths]
figure, axis = canvas(width=5)
axis.plot(depths, 100 * np.array(lossless), "o-", color=RED, label="scrambled pixels")
axis.axhline(100 * worth["local"], color=BLUE, linestyle="--", label="local code")
axis.set(xlabel="layers of scrambling", ylabel="linear probe in percent")
axis.legend(frameon=False)
told = ", ".join(f"{k} layers {100 * a:.0f}" for k, a in zip(depths, lossless))
show(figure, f"The probe of scrambled pixels in percent, first up, then down: {told}.")


# %% [markdown]
# Every point of this curve holds the same information, about the image and about the digit: all
# there is. The probe rises from that of the pixels to far above it, on the digits about as high as
# the trained code, and falls again. So the amount of information does not decide what a probe can
# do with it. Neither does training, by the way: a random layer of the right strength may lay open
# what pixels hide (with 784 numbers in place of 64).
#
# **Experiment 2: the bound.** Perhaps it is not the true amount that counts but the bound. For each
# code we train a fresh critic to tell which image belongs to which code, with InfoNCE, and read the
# bound on test images, among 128 at a time. **Predict** the order of the four bounds.

# %%
def own_bound(x_train, z_train, x_test, z_test, steps=300):
    """InfoNCE between images and codes, read on test images; its ceiling is log 128."""
    from dimlearn.information.training import CriticInTraining

    def draw(n, rng):
        rows = rng.choice(len(x_train), n)
        return x_train[rows], z_train[rows]

    training = CriticInTraining(x_train.shape[1], z_train.shape[1], bounds.infonce_bound)
    training.train(worlds.World("pairs", math.nan, draw), steps, 3e-3)
    rows = [np.random.default_rng(run_seed(k)).choice(len(x_test), 128, replace=False)
            for k in range(10)]  # fmt: skip
    return np.mean([bounds.infonce_bound(training.scores(x_test[i], z_test[i])) for i in rows])


# %%
seen = standardize(train["pca"], test["pca"])  # the image, as 64 principal components
read = {}
for name in train:
    a, b = standardize(train[name], test[name])
    read[name] = own_bound(seen[0], a, seen[1], b)
    print(f"{name:7} {read[name]:.2f} nats")

# %%
figure, axis = canvas(width=5)
for name, bound in read.items():
    axis.plot(bound, 100 * worth[name], "o", color=styles[name][0], markersize=9)
    axis.annotate(name, (bound, 100 * worth[name]), (8, 4), textcoords="offset points")
axis.axvline(math.log(128), color=GREEN, linestyle="--")
axis.annotate("log 128", (math.log(128), 100 * max(worth.values())), (-48, 0), color=GREEN,
              textcoords="offset points")  # fmt: skip
axis.set(xlabel="InfoNCE bound on I(image; code) in nats", ylabel="linear probe in percent")
axis.margins(x=0.15, y=0.15)
show(figure, "The probe over the bound, a point for each code: " + ", ".join(
    f"{name} {bound:.2f} nats and {100 * worth[name]:.0f} percent" for name, bound in read.items()))

# %% [markdown]
# All bounds lie close under the ceiling. That is the trap of lesson 02: a **saturated** estimator.
# It says of each code that it holds enough to tell an image from 127 others. How much more each
# holds, and which of them most, it cannot say; so this picture is no evidence, neither for the
# obvious explanation nor against it. What can be learnt from it is a warning: a bound of this kind,
# the number that is trained, does not tell a poor code from a good one.
#
# Tschannen et al. 2020 (*On mutual information maximization for representation learning*,
# [arXiv 1907.13625](https://arxiv.org/abs/1907.13625)) asked without an estimator: with encoders
# that are invertible by construction, so that the information cannot change, training still moved
# the probes, up or down.
#
# MINE, with which the paper reads I(X; Y), finds little in either code, and about the same. (A few
# seconds.)

# %%
for name in ("pca", "local"):
    mine = diagnosis.mine_information(seen[1], test[name], folds=2, steps=100)
    print(f"{name:6} MINE {mine.value:.1f} +/- {mine.standard_error:.1f} nats,"
          f" probe {100 * worth[name]:.0f} %")  # fmt: skip


# %% [markdown]
# (These few nats are a fraction of what InfoNCE has just found in the same pairs: a hundred steps
# are few for MINE. A deterministic code of continuous images shares infinitely many nats with them.
# What an estimator prints says how much it found, and it is held down by its critic, its training
# and its sample.)
#
# **Experiment 3: another reader.** If a code holds more about the digit, every good reader should
# profit. A support vector machine with a curved kernel finds much of what a linear probe
# cannot. Both read the first 1,500 codes. **Predict** which code it likes best. (A few seconds.)

# %%
def two_readers(name, a, b, n=1500):
    a, b = standardize(a[:n], b)
    readers = (LogisticRegression(C=0.1, max_iter=1000, tol=1e-3), SVC(C=10))
    fitted = [reader.fit(a, images.y_train[:n]) for reader in readers]
    straight, curved[name] = [reader.predict(b) == y_test for reader in fitted]
    both[name] = straight.mean(), curved[name].mean()
    print(f"{name:7}", "linear {:.1%}, curved {:.1%}".format(*both[name]))


both, curved = {}, {}
two_readers("pixels", *pixels)
for name in train:
    two_readers(name, train[name], test[name])

# %%
figure, axis = canvas(width=5.5, height=2.6)
for place, (low, high) in enumerate(both.values()):
    axis.plot([100 * low, 100 * high], [place, place], "-", color=GREY)
    axis.plot(100 * low, place, "o", color=BLUE, label=None if place else "linear")
    axis.plot(100 * high, place, "D", color=ORANGE, label=None if place else "curved")
axis.set_yticks(range(len(both)), list(both))
axis.invert_yaxis()
axis.set(xlabel="test accuracy in percent, 1,500 labels", ylabel="code")
axis.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))
show(figure, "Two readers of each code, linear and curved, in percent: " + ", ".join(
    f"{name} {100 * a:.0f} and {100 * b:.0f}" for name, (a, b) in both.items()) + ".")

# %%
compare_codes(curved, ("local", "pixels"), ("local", "global"), ("global", "pixels"))


# %% [markdown]
# To the linear reader the local code is far ahead. To the curved one it is no better than the
# pixels, and on the digits the *global* code is the best of all, with every seed that we tried. So
# as far as this reader can tell, the local code holds *no more* about the digit than the image
# does, and less than is found in the global one. What the local training has done is to bring what
# was there to where a straight line can reach it. (The curved kernel goes by distances, as
# neighbours do; there, too, the global code was ahead.)
#
# ### The puzzle of lesson 00, resolved
#
# *The code cannot know more than the image. Then why is it of more use?* The puzzle was about *few*
# labels. So here is the linear probe with ten labels a class, the mean of ten draws.

# %%
def with_ten(a, b):
    """How often each test image is right, `[N]`, over ten draws of ten labels a class."""
    a, b = standardize(a, b)
    draws = [few_labels(images.y_train, 10, run_seed(seed)) for seed in range(10)]
    straight = LogisticRegression(C=0.1, max_iter=1000, tol=1e-3)
    right = [straight.fit(a[i], images.y_train[i]).predict(b) == y_test for i in draws]
    return np.mean(right, axis=0)


ten = {"pixels": with_ten(*pixels), "scrambled": with_ten(*(scramble(part, 2) for part in pixels))}
ten |= {name: with_ten(train[name], test[name]) for name in networks}
for name, found in ten.items():
    print(f"{name:9} ten labels a class {found.mean():.1%}")

# %%
compare_codes(ten, ("scrambled", "pixels"), ("local", "scrambled"), ("local", "random"))


# %% [markdown]
# Use is not amount. A simple classifier with few labels uses only what lies **in the open**. You
# have seen exactly the same amount of information with probes far apart (the scrambling), with all
# labels and with ten, and a better reader for whom the advantage of the local code is gone (the
# curved kernel). Information cannot be created by computing, but it can be laid open, and that is
# what the training has done here. Two layers of the right noise lay open as much for a probe with
# all 3,000 labels, but not for one with ten: there the local code is well ahead of all others.
#
# And *what* is laid open depends on the question that the training asks. The local objective
# wants a code that goes with every patch of its image and with no patch of others; the authors
# argue that what many patches share is what matters, not the detail of any one. The global one
# wants to tell whole images apart, and that was nearly done in the first epoch (its bound, at the
# beginning of this lesson, is close to its ceiling).
#
# Mutual information is how Deep InfoMax is *written down*. What it lays open is decided elsewhere.
# The pairs have a part in it: our global and local codes differ in what is paired with what, with
# the critic that this takes, and in nothing else. The architecture has a part: even untrained, it
# is ahead of the pixels with this probe and all labels. Tschannen et al. show that the critic has
# one too; we have not tried that here.
#
# ## What could go wrong: the clinic
#
# Five broken pieces of Deep InfoMax, each from a mistake that was found in real code. Each is shown
# with its code, and then its **symptom**. Run on to the symptom without studying the code, say what
# you see, then go back and find the line. Write the mended function below it: the check of the
# lesson that it comes from judges it, and it counts as solved there too, if you had left it out (in
# `check.progress()`, and when a lesson asks for it with `check.yours`).
#
# The five do not depend on one another: stop after two if you like, the lesson runs on.
#
# ### Patient 1: the curve is perfect
#
# A critic is trained on pairs that share two nats, with this Jensen-Shannon objective. The
# curve rises as it should.

# %%
def patient_1(scores):
    """JSD objective of a score matrix `[N, N]`, to be maximised."""
    positive, negative = bounds.split_pairs(scores)
    return tf.reduce_mean(-tf.nn.softplus(positive)) - tf.reduce_mean(tf.nn.softplus(-negative))


# %%
def one_side():
    """Half of a critic: from one variable of the world to 32 features."""
    layers = [keras.layers.Dense(64, "relu"), keras.layers.Dense(32)]
    return keras.Sequential([keras.Input((5,)), *layers])


# %%
def examine_bound(bound, steps=400):
    """A critic trained by a bound: the curve of the bound, and the scores of fresh pairs."""
    world, rng = worlds.correlated_gaussians(2.0, dim=5), np.random.default_rng(run_seed())
    keras.utils.set_random_seed(run_seed())
    sides = [one_side(), one_side()]
    variables = sides[0].trainable_variables + sides[1].trainable_variables
    optimizer = keras.optimizers.Adam(3e-3)

    def scores_of(x, y):
        return tf.matmul(sides[0](x), sides[1](y), transpose_b=True)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = -bound(scores_of(x, y))
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return -loss

    curve = [float(step(*world.draw(128, rng))) for _ in range(steps)]
    return curve, [part.numpy() for part in bounds.split_pairs(scores_of(*world.draw(200, rng)))]


# %%
def draw_examined(curve, scores):
    figure, (left, right) = canvas(2)
    left.plot(np.mean(np.reshape(curve, (-1, 20)), axis=1), ".-", color=BLUE)
    left.set(xlabel="training, in twenty steps", ylabel="objective in nats")
    left.set_title("what was watched")
    for part, color, label in zip(scores, (BLUE, ORANGE), ("positive pairs", "negative pairs")):
        right.hist(np.clip(part, -15, 15), 40, density=True, alpha=0.6, color=color, label=label)
    right.set(xlabel="score", ylabel="density", title="what was not")
    right.legend(frameon=False)
    means = [part.mean() for part in scores]
    return show(figure, f"""Left, the objective rises. Right, two histograms of scores: positive
    pairs {means[0]:.1f} on average, negative pairs {means[1]:.1f}.""")


# %%
draw_examined(*examine_bound(patient_1))


# %% [markdown]
# The critic has learnt to give its positive pairs *low* scores. What reads scores later (a
# nearest neighbour, a DV read-out) gets nonsense.
#
# *Easy, 3 minutes.* Mend it: `split_pairs` is fine.

# %% tags=["solution"]
def jsd_bound(scores):
    """The Jensen-Shannon objective (DIM Eq. 4) of a score matrix `[N, N]`, mended."""
    positive, negative = bounds.split_pairs(scores)
    return tf.reduce_mean(-tf.nn.softplus(-positive)) - tf.reduce_mean(tf.nn.softplus(negative))


# %% tags=["nbval-check-output"]
feedback = check.jsd_bound(jsd_bound)
mended_bound = feedback.use
feedback

# %%
draw_examined(*examine_bound(mended_bound))


# %% [markdown]
# The same curve, and now the scores stand the right way round.
#
# ### Patient 2: a critic that stays unsure
#
# Negative pairs need another image's features. The batch is put in another order for that. Symptom:
# the critic never becomes as sure as it should, least of all in small batches. Count something; say
# what, before you read the cell after the next.

# %%
def patient_2(features):
    """The items in another order, to make negative pairs."""
    return np.random.default_rng().permutation(features)


# %%
def same_place(reorder, size):
    items = np.arange(size)
    return np.array([np.sum(np.asarray(reorder(items)) == items) for _ in range(1000)])


for size in (8, 64):
    found = same_place(patient_2, size)
    print(f"batches of {size}: {found.mean():.2f} true pairs among the negatives on average, "
          f"none in {np.mean(found == 0):.0%} of the batches")  # fmt: skip


# %% [markdown]
# About one on average, *whatever the batch size*; and only about $1/e$ of the batches are clean.
# In small batches that is a large share: the critic is punished for being right.
#
# *Easy, 3 minutes.* Write an order without any fixed point; a batch of one item cannot have one and
# is a `ValueError`.

# %% tags=["solution"]
def mismatch(features):
    """`[N, ...] -> [N, ...]`: the items so ordered that none keeps its place."""
    if len(features) < 2:
        raise ValueError("a batch of one has no other image")
    return np.roll(features, 1, axis=0)


# %% tags=["nbval-check-output"]
feedback = check.mismatch(mismatch)
mended_order = feedback.use
feedback

# %%
print("true pairs among the negatives now:", same_place(mended_order, 8).max(), "at most")


# %% [markdown]
# ### Patient 3: every place is pushed alike
#
# A local objective on scores `[N, N, L]`. We give it a batch in which *one* location is finished:
# its positive pairs have high scores and its negative ones low. All others are at 0. The picture
# shows how hard the objective pushes the positive score of each location.

# %%
def patient_3(scores):
    """Local JSD objective of scores `[N, N, L]`, to be maximised."""
    return bounds.jsd_bound(tf.reduce_mean(scores, axis=2))


# %%
def push_of(objective, n=8, side=5):
    """The gradient of the objective for the positive scores, by location `[side, side]`."""
    scores = np.zeros((n, n, side * side), "float32")
    scores[:, :, 12] = 40 * np.eye(n) - 20  # the middle is finished
    scores = tf.constant(scores)
    with tf.GradientTape() as tape:
        tape.watch(scores)
        value = objective(scores)
    gradient = tape.gradient(value, scores).numpy()
    return 100 * gradient[range(n), range(n)].sum(axis=0).reshape(side, side)


# %%
def draw_push(objective):
    push = push_of(objective)
    figure, axis = canvas(width=3.6)
    picture = axis.imshow(push, cmap="Blues", vmin=0, vmax=3)
    axis.set(xlabel="column of the map", ylabel="row of the map")
    figure.colorbar(picture, ax=axis, label="push, in hundredths")
    return show(figure, f"""A map of five by five locations. The finished one in the middle is
    pushed with {push[2, 2]:.2f}, a corner with {push[0, 0]:.2f} hundredths.""")


# %%
draw_push(patient_3)


# %% [markdown]
# The finished location is pushed as hard as those that have learnt nothing.
#
# *Medium, 4 minutes.* Which two operations stand in the wrong order? (`split_pairs` takes scores
# `[N, N, L]` as well, and gives `[N, L]` and `[N (N-1), L]`.)

# %% tags=["solution"]
def local_jsd(scores):
    """The local JSD objective of scores `[N, N, L]`, averaged over images and locations."""
    positive, negative = bounds.split_pairs(scores)
    return tf.reduce_mean(-tf.nn.softplus(-positive)) - tf.reduce_mean(tf.nn.softplus(negative))


# %% tags=["nbval-check-output"]
feedback = check.local_jsd(local_jsd)
mended_local = feedback.use
feedback

# %%
draw_push(mended_local)


# %% [markdown]
# The middle is left in peace, and the push goes where something is to be learnt. The mean of a
# function is not the function of the mean.
#
# ### Patient 4: the codes huddle
#
# Prior matching: a discriminator tells uniform samples from codes, and the encoder should make the
# codes look uniform. To see it alone, the "encoder" here is 500 free numbers that may go where they
# like, and both play a thousand rounds.

# %%
def patient_4(code_logits):
    """What the encoder minimises, from the discriminator's logits of its codes."""
    return tf.reduce_mean(tf.nn.softplus(code_logits))


# %%
def new_judge():
    """A small discriminator of single numbers."""
    layers = [keras.layers.Dense(32, "relu"), keras.layers.Dense(1)]
    return keras.Sequential([keras.Input((1,)), *layers])


# %%
def play(encoder_loss, rounds=1000):
    """The codes, squashed, after the game of the prior."""
    keras.utils.set_random_seed(run_seed())
    codes, judge = tf.Variable(0.3 * tf.random.normal([500, 1])), new_judge()
    for_codes, for_judge = keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.03)

    @tf.function
    def one_round():
        with tf.GradientTape(persistent=True) as tape:
            fake = judge(tf.sigmoid(codes))
            judged = tf.reduce_mean(tf.nn.softplus(-judge(tf.random.uniform([500, 1]))))
            judged += tf.reduce_mean(tf.nn.softplus(fake))
            moved = encoder_loss(fake)
        weights = judge.trainable_variables
        for_judge.apply_gradients(zip(tape.gradient(judged, weights), weights))
        for_codes.apply_gradients([(tape.gradient(moved, codes), codes)])

    for _ in range(rounds):
        one_round()
    return tf.sigmoid(codes).numpy()[:, 0]


# %%
def draw_game(encoder_loss):
    codes = play(encoder_loss)
    figure, axis = canvas()
    axis.hist(codes, np.linspace(0, 1, 26), density=True, color=BLUE, alpha=0.7, label="codes")
    axis.axhline(1, color=BLACK, linestyle="--", label="the prior")
    axis.set(xlabel="code behind the sigmoid", ylabel="density")
    axis.legend(frameon=False)
    return show(figure, f"""A histogram of codes beside the flat prior: their mean is
    {codes.mean():.2f}, their standard deviation {codes.std():.2f}, the prior's 0.50 and 0.29.""")


draw_game(patient_4)


# %% [markdown]
# The codes huddle where the discriminator is *surest* that they are codes. This is the most
# reported bug of all re-implementations: the encoder minimises what the discriminator minimises,
# and helps its opponent.
#
# *Easy, 3 minutes.* Write the encoder's own loss, which wants its codes taken for samples of
# the prior.

# %% tags=["solution"]
def prior_loss(code_logits):
    """What the encoder minimises: small where the discriminator takes codes for the prior."""
    return tf.reduce_mean(tf.nn.softplus(-code_logits))


# %% tags=["nbval-check-output"]
feedback = check.prior_loss(prior_loss)
mended_loss = feedback.use
feedback

# %%
draw_game(mended_loss)


# %% [markdown]
# Now they spread over the whole interval. The game has no end, so the histogram is never quite
# flat.
#
# ### Patient 5: a loss that falls
#
# One training step of the local objective. The loss goes down, so what should be wrong? (Sixty
# steps, a few seconds.)

# %%
def patient_5(images, encoder, critic, optimizer):
    """One step of the local JSD objective; returns the loss before it."""
    with tf.GradientTape() as tape:
        feature_map, code = encoder(images, training=True)
        loss = -bounds.local_jsd(critic(feature_map, code))
    variables = encoder.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


# %% [markdown]
# It needs a critic. This one divides its scores, so that they are small at first and the loss
# begins near $2 \log 2 = 1.39$, as in lesson 08.

# %%
class Critic:
    """A dot-product critic: `(feature_map, code) -> scores [N, N, L]`."""

    def __init__(self, encoder):
        feature_map, code = (output.shape for output in encoder.outputs)
        self.shape = (-1, feature_map[1] * feature_map[2], feature_map[3])
        self.critic = DotProductCritic(units=64)
        self.critic.build(self.shape, code)
        self.trainable_variables = self.critic.trainable_variables

    def __call__(self, feature_map, code):
        return self.critic(tf.reshape(feature_map, self.shape), code) / 64**0.5


# %%
def print_moves(models, before):
    """How far the weights of each model have moved from where they were."""
    for name, model in models.items():
        now = [v.numpy() for v in model.trainable_variables]
        moves = [np.abs(new - old).mean() for new, old in zip(now, before[name])]
        print(f"the {name}'s weights have moved by {np.mean(moves):.4f} on average")


# %%
def examine_step(step, steps=60):
    """The losses of some steps; prints some, and how far encoder and critic have moved."""
    keras.utils.set_random_seed(run_seed())
    encoder = build_encoder(images.image_shape, code_dim=64)
    critic, optimizer = Critic(encoder), keras.optimizers.Adam(1e-3)
    optimizer.build(encoder.trainable_variables + critic.trainable_variables)
    models = {"encoder": encoder, "critic": critic}
    before = {k: [v.numpy() for v in m.trainable_variables] for k, m in models.items()}
    losses = []
    for k in range(steps):
        batch = images.x_train[32 * k : 32 * k + 32]
        losses.append(float(step(batch, encoder, critic, optimizer)))
        if k % 15 == 0:
            print(f"step {k}: loss {losses[-1]:.2f}")
    print_moves(models, before)
    return losses


# %%
poor = examine_step(patient_5)


# %%
def draw_losses(losses_by_name):
    figure, axis = canvas(width=4.8)
    for (name, losses), color, style in zip(losses_by_name.items(), (GREY, BLUE), ("--", "-")):
        axis.plot(losses, style, color=color, label=name)
    axis.set(xlabel="step", ylabel="loss in nats")
    axis.legend(frameon=False)
    told = ", ".join(f"{name} from {own[0]:.2f} to {own[-1]:.2f}"
                     for name, own in losses_by_name.items())  # fmt: skip
    return show(figure, f"Losses that fall step by step, in nats: {told}.")


draw_losses({"patient 5": poor})


# %% [markdown]
# The curve begins where it must and falls, as a curve should. The numbers above it tell: the critic
# has not moved at all. The encoder alone has learnt to please a random critic.
#
# *Medium, 4 minutes.* Mend the step.

# %% tags=["solution"]
def train_step(images, encoder, critic, optimizer):
    """One step of the local JSD objective for encoder *and* critic: the loss before it."""
    with tf.GradientTape() as tape:
        feature_map, code = encoder(images, training=True)
        loss = -bounds.local_jsd(critic(feature_map, code))
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


# %% tags=["nbval-check-output"]
feedback = check.train_step(train_step)
mended_step = feedback.use
feedback

# %%
draw_losses({"patient 5": poor, "mended": examine_step(mended_step)})

# %% [markdown]
# Now both move. And compare the two curves: the mended one ends a little lower, but nobody who sees
# one of them alone could say which it is. A falling loss proves that *something* learns; print what
# moved.
#
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. Code A has a higher InfoNCE bound than code B. Which one has the better linear probe?
#
# <details><summary>A: it holds more information.</summary>Pixels and scrambled pixels hold
# the same, and their probes lie far apart. And the bound says what one critic found under a
# ceiling, not the amount.</details>
# <details><summary>B: the bound and the probe oppose each other.</summary>Nothing says so. The
# bound simply does not ask for what the probe needs.</details>
# <details><summary>It cannot be said from the bound.</summary>Right. Measure what you want to
# know.</details>
#
# #### 2. Principal components are uncorrelated. Why does the critic find dependence?
#
# <details><summary>The critic has overfitted.</summary>It was read on codes that it had not seen;
# noise would have read as about 0.</details>
# <details><summary>Uncorrelated is not independent.</summary>Right: the ring of lesson 01
# again. The correlation matrix sees straight lines only.</details>
# <details><summary>The shuffling was wrong.</summary>A wrong shuffle (one permutation for all)
# makes the measure 0, not larger.</details>
#
# #### 3. An encoder is invertible. What does training it to maximise I(image; code) do?
#
# <details><summary>Nothing: the information is at its maximum already.</summary>To the amount,
# nothing. But the bound that is trained sees more than the amount, and the code does move:
# Tschannen et al. saw probes change, for the better and for the worse.</details>
# <details><summary>It may change the probe, though the information stays.</summary>Right: you saw
# the same with the scrambling, without any training.</details>
# <details><summary>It raises the information further.</summary>Nothing computed from the image
# holds more of it than the image.</details>
#
# #### 4. Your loss falls smoothly. What have you learnt?
#
# <details><summary>That the implementation is right.</summary>Patients 1 and 5 had perfect
# curves.</details>
# <details><summary>That something in it learns something.</summary>Right. Look at the scores, count
# the fixed points, print what moved, draw the codes.</details>
#
# ## In this lesson we saw
#
# - that a code may win with one reader and lose with another: neighbours, linear, curved;
# - **rank**, **total correlation** and **NDM**, which describe a code and do not grade it;
# - that the amount of information does not decide of what use a code is, and what laying it open
#   means; and that a saturated bound decides nothing;
# - five faults behind symptoms that looked harmless.
#
# ## What this course was
#
# You began with a puzzle and a die. You have since built, with your own functions: entropy and
# mutual information; critics and the bounds that they maximise, with what each bound hides; an
# encoder with a map and a code; pairs, global and local; a prior and its game; the weighted loss
# and its step; a fair comparison; and now the tools to look inside. That is Deep InfoMax, all of
# it.
#
# Where to go: read the paper ([Hjelm et al. 2019](https://arxiv.org/abs/1808.06670)) from the
# start, every symbol in it is yours now. Then *On mutual information maximization for
# representation learning* ([Tschannen et al. 2020](https://arxiv.org/abs/1907.13625)),
# *Understanding the limitations of variational mutual information estimators* ([Song and Ermon
# 2020](https://arxiv.org/abs/1910.06222)), and *Learning representations by maximizing mutual
# information across views* ([Bachman et al. 2019](https://arxiv.org/abs/1906.00910)), in which
# the positive pairs come from two augmented views of an image: a change of the pairs, which is
# where this lesson says to look. And run `dimlearn compare --data` on images of your own.
#
# **Next**: lesson 11 makes that change of the pairs.

# %%
check.progress()
