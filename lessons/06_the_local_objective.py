# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 The local objective
#
# **Afterwards you can**
#
# - say how Deep InfoMax turns one big question about an image into many small ones;
# - write the local JSD and InfoNCE objectives, and say who competes with whom in each;
# - train an encoder with a step of your own, and see *where* its critic recognises an image;
# - say why InfoNCE over patches may read more information than there is.
#
# **Time** two sittings of about 45 and 38 minutes. **You need** lessons 02 and 03 (bounds), 04
# (feature map and code) and 05 (the global objective).

# %%
import math

import numpy as np

from dimlearn import bounds, build_encoder, check, data, evaluation
from dimlearn.course import recorded
from dimlearn.deep_infomax import settle
from dimlearn.pictures import curves, show
from dimlearn.pictures import objectives as pictures
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## One big question, many small ones
#
# Lesson 05 asked one question about each pair: *do this whole feature map and this code come from
# the same image?* The **local** objective asks at every location of the map: *do these features,
# of one small patch, and this code come from the same image?* It is the paper's main idea (Hjelm et
# al. 2019, section 3.2, [arXiv 1808.06670](https://arxiv.org/abs/1808.06670)).
#
# The encoder is the package's today, the *light* one of lesson 05: recorded runs began with its
# weights, and your training further down is to stand beside them.

# %%
images = data.load(limit=2560)
keras.utils.set_random_seed(run_seed())
encoder = build_encoder(images.image_shape, code_dim=64)
batch = images.x_train[::40]
feature_map, code = encoder(batch)
print("images:", images.name)
print("feature map [N, M, M, C]:", feature_map.shape, "  code [N, D]:", code.shape)

# %% [markdown]
# The map has $M \times M = L$ locations with $C$ numbers each, its channels. The code has $D$
# numbers. How much of the image does a location see? The functions of lesson 04 know (yours if they
# are solved, otherwise ours: the cell says which).

# %%
receptive_field = check.yours("receptive_field")
feature_map_size = check.yours("feature_map_size")
answer_cost = check.yours("answer_cost")  # of lesson 03
convolutions = [(4, 2, "valid"), (4, 2, "valid")]  # of this encoder: kernel, stride, padding
side, jump = receptive_field(convolutions), 2 * 2
M = feature_map_size(batch.shape[1], convolutions)
L = M * M
print(f"{M} x {M} locations, each sees {side} x {side} pixels, {jump} pixels from its neighbour")

# %% [markdown]
# Here is one image, and beside it what all its locations see, each in its place. The fields of two
# locations are framed. **Predict**, and keep a note of your answer: from which patches could
# *you* tell which of 64 images it was cut from? From which could nobody? (A critic is asked further down.)

# %%
figure = pictures.fields(batch[0], side, jump, framed=[(0, 0), (2, 3)])
show(figure, """Left a handwritten figure with two square frames, one near a corner and one near the
middle. Right a mosaic of the patches that all locations see, these two framed.""")

# %% [markdown]
# The next drawing compares the two objectives. On the left the whole map is one thing, and map and
# code are one pair. On the right every location makes a pair of its own with the same code.

# %%
show(pictures.one_pair_or_many(M), """Two drawings of a feature map and a code. Left, one thick line
joins the frame of the whole map to the code. Right, every location is joined to the code by a line
of its own.""")

# %% [markdown]
# In a formula, with $\mathcal{I}$ a bound of lesson 02 or 03, $C_l(x)$ the features of image $x$ at
# location $l$, and $E(x)$ its code (the paper's Eq. 6):
#
# $$\max \; \frac{1}{L} \sum_{l=1}^{L} \mathcal{I}\big(C_l(x);\, E(x)\big).$$
#
# The code gets $L$ small marks, one for each patch. A speck that only one patch knows helps with
# one mark. The slant, or which figure is drawn, helps with many. That is the hope of the paper, and
# further down we measure what comes of it.
#
# ## First critic: concat-and-convolve
#
# A critic must see features and code together. The first way is to put the code behind the channels
# *at every location*, and to let one small network look at each location. (The same dense network
# at each location is called a **1x1 convolution**.)
#
# For a map of 2 x 2 locations with one channel, and a code of two numbers, this is wanted:

# %%
tiny_map = np.array([[[[1.0], [2.0]], [[3.0], [4.0]]]])
tiny_code = np.array([[0.7, 0.9]])
wanted = [[[[1, 0.7, 0.9], [2, 0.7, 0.9]], [[3, 0.7, 0.9], [4, 0.7, 0.9]]]]
print("from", tiny_map.shape, "and", tiny_code.shape, "to", np.array(wanted).shape)


# %% [markdown]
# ### Exercise 1: `attach_code`, faded
#
# *Easy, 4 minutes. Stuck? `check.hint("attach_code")`, then `check.solution("attach_code")`; you
# may also move on.* The code has no height and no width. The first line gives it both, of length 1.
# Go on from there, in TensorFlow: the encoder will be trained through this function.

# %% tags=["solution"]
def attach_code(feature_map, code):
    """The code at every location: [N, M, M, C], [N, D] -> [N, M, M, C + D]."""
    code = code[:, None, None, :]  # [N, 1, 1, D]
    # Yours: from here to the shape that is wanted.
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.attach_code(attach_code)
attach = feedback.use
feedback

# %% [markdown]
# That makes the positive pairs, every map with its own code. For the negative ones each code has to
# be attached to the map of every other image. So the critic sees $N^2$ maps, in the order that you
# know from `concat_scores` of lesson 05:

# %%
U = 128
layers = [keras.layers.Conv2D(units, 1, activation="relu") for units in (U, U)]
network = keras.Sequential([*layers, keras.layers.Conv2D(1, 1)])


def concat_critic(feature_map, code):
    """Every code with every location of every image: [N, N, L]."""
    n = len(code)
    joined = attach(tf.tile(feature_map, [n, 1, 1, 1]), tf.repeat(code, n, axis=0))
    return tf.reshape(network(joined), [n, n, -1])


# %%
print("scores of all pairs [N, N, L]:", concat_critic(feature_map[:8], code[:8]).shape)

# %% [markdown]
# **The convention of the course**: `scores[i, j, l]` is the score of code $i$ with location $l$ of
# image $j$. Below it is a picture, for four images. Each block is a pair of a code and an image,
# and each little square a location. **Predict** which squares are positive pairs.

# %%
kinds = np.full([4, 4, L], -1)
kinds[range(4), range(4)] = 1
show(pictures.pair_kinds(kinds, "blue positive, orange negative"), """Four by four blocks of small
squares. The blocks on the diagonal are blue, positive at every location, all others orange.""")


# %% [markdown]
# All locations of an image's *own* block are positive: $NL$ positive and $N(N-1)L$ negative pairs.
#
# ## Second critic: encode-and-dot-product
#
# The other way lets features and code meet only at the very end. One network turns the features of
# each location into a vector of $U$ numbers, another turns each code into as many. The score of a
# pair is the inner product of the two vectors.
#
# ### Exercise 2: `local_scores`, free
#
# *Easy, 5 minutes.* The vectors are given, and the convention above says where each score belongs.
# Before you write: which vectors make the score at `[0, 1, 2]`, and over which index is it a sum?

# %% tags=["solution"]
def local_scores(local_features, code_features):
    """The inner products of all pairs: [N, L, U], [N, U] -> [N, N, L]."""
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.local_scores(local_scores)
scores_of = feedback.use
feedback


# %% [markdown]
# With a dense layer on each side it is a critic, and this is the one that you will train. (The root of
# $U$ keeps the scores modest at first, as in lesson 05; Bachman et al. 2019,
# [1906.00910](https://arxiv.org/abs/1906.00910).)

# %%
class DotCritic(keras.Model):
    """Encode-and-dot-product: [N, M, M, C], [N, D] -> scores [N, N, L]."""

    def __init__(self):
        super().__init__()
        self.feature_side, self.code_side = keras.layers.Dense(U), keras.layers.Dense(U)

    def call(self, feature_map, code):
        features = tf.reshape(feature_map, [-1, L, feature_map.shape[-1]])
        return scores_of(self.feature_side(features), self.code_side(code)) / math.sqrt(U)


# %%
critic = DotCritic()
print("scores of all pairs [N, N, L]:", critic(feature_map, code).shape)

# %% [markdown]
# ## What do they cost?
#
# A dense layer from $a$ to $b$ numbers multiplies $a \cdot b$ times. The concat critic, as it is written
# above, runs its three layers on every *pair* of a code and a location, $N^2 L$ times. The dot product runs one
# layer on every location and one on every code, and only the inner product on every pair.
# **Predict**: for a batch of 64 images, how many times fewer multiplications is that? Does the
# ratio grow with the batch for ever?

# %%
C, D = feature_map.shape[-1], code.shape[-1]


def multiplications(n):
    """Of the concat and of the dot-product critic, for a batch of n images."""
    concat = n * n * L * ((C + D) * U + U * U + U)
    dot = n * L * C * U + n * D * U + n * n * L * U
    return concat, dot


# %%
for n in (16, 64, 256, 4096):
    concat, dot = multiplications(n)
    print(f"N = {n:4}: {concat / 1e6:8,.0f} and {dot / 1e6:7,.0f} million: {concat / dot:.0f} to 1")
print("C + D + U + 1 =", C + D + U + 1)


# %% [markdown]
# At 64 images the dot product needs 106 times fewer. In a large batch the pairs are nearly all of
# the work on both sides, so the ratio levels off: at $C + D + U + 1 = 321$, the cost of a pair in
# one divided by its cost in the other. The price is that features and code can't interact before
# the inner product.
#
# (Its first layer is a sum of two parts, one of the location and one of the code. Computed once for each
# of these, as the library does it, the concat critic comes to 43 times the dot product here, and never
# to more than $U + 1 = 129$.)

# %% [markdown]
# ## JSD at every location
#
# You know `jsd_bound` of lesson 03 for a matrix of scores: minus what the answers cost, of each kind
# of pairs by itself. Take it from there to the picture with the blue and the orange squares.
#
# ### Exercise 3: `local_jsd`, free
#
# *Medium, 6 minutes.* Your `answer_cost` of lesson 03 is loaded. Which squares get a yes, and over how
# many scores does each mean run? How do you pick pairs and leave their locations whole? Before you
# write: which value has a critic that gives 0 to everything?

# %% tags=["solution"]
def local_jsd(scores):
    """Local JSD objective of scores [N, N, L], to be maximised: a scalar, nats."""
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.local_jsd(local_jsd)
JSD = feedback.use
feedback

# %%
knows_nothing = tf.zeros([8, 8, L])
knows_all = 20 * (2 * tf.eye(8)[:, :, None] - 1) * tf.ones([1, 1, L])
print(f"knows nothing: {JSD(knows_nothing):+.3f}   (-2 log 2 = {-2 * math.log(2):+.3f})")
print(f"knows all:     {JSD(knows_all):+.3f}")
print(f"sure and wrong: {JSD(-knows_all):+.3f}")
print(f"ours, untrained: {JSD(critic(feature_map, code)):+.3f}")


# %% [markdown]
# So 0 is the ceiling, for a critic that knows all. One that knows nothing and says so is at
# $-2 \log 2 = -1.386$. That is no floor: one that is sure and wrong is far below. The untrained
# critic stands near ignorance.

# %% [markdown]
# ## Your training step
#
# Encoder and critic want the same, as in lesson 05: both make the value large. So one optimizer
# moves both.
#
# ### Exercise 4: `train_step`, free
#
# *Medium, 8 minutes.* One step, four parts: compute the loss on record, collect the variables of
# all who move, get the gradients, move. Three things to think about: the loss is what is
# *minimised*; the encoder has batch normalisation and must be told `training=True`; return the loss
# as the tensor that it is, because the step will be compiled. (If your `local_jsd` is not solved,
# write `JSD`, which is ours then.)

# %% tags=["solution"]
def train_step(images, encoder, critic, optimizer):
    """One step on `-local_jsd` for encoder and critic together: the scalar loss before it."""
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.train_step(train_step)
step_of = feedback.use
feedback

# %% [markdown]
# And the loop around it: random batches of 64 images, without labels. **Predict** how far between
# -1.386 and 0 it comes in 150 steps. It takes some seconds, on a busy machine half a minute.

# %%
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(encoder.trainable_variables + critic.trainable_variables)
step = tf.function(step_of)
rng = np.random.default_rng(run_seed())
values = []
for _ in range(150):
    chosen = rng.choice(len(images.x_train), 64, replace=False)
    values.append(-float(step(images.x_train[chosen], encoder, critic, optimizer)))

# %%
figure = curves(
    range(1, 151), {"training": values}, levels={"knows nothing": -2 * math.log(2), "knows all": 0},
    xlabel="step", ylabel="local JSD in nats",
)  # fmt: skip
show(figure, f"The value of each step rises from near {-2 * math.log(2):.2f} to {values[-1]:.2f}.")

# %% [markdown]
# How does it do on images that it has not seen? Before an encoder is asked, its batch normalisation
# has to **settle**: what it has averaged over the training belongs, in part, to weights of before.
# `settle` takes the averages anew, with the weights as they are now (lesson 08 has the details).

# %%
settle(encoder, images.x_train)
held_out = images.x_validation[:64]
held_map, held_code = encoder(held_out, training=False)
scores = critic(held_map, held_code)
print(f"training, last 20 steps {np.mean(values[-20:]):+.3f}, unseen images {JSD(scores):+.3f}")

# %% [markdown]
# On unseen images the value is well above ignorance too, and far from 0.

# %% [markdown]
# *A sitting may end here. What you wrote is kept: on another day, run all cells above once and go on.*
#
# ## InfoNCE: who competes with whom
#
# InfoNCE asks a question with several answers, one of them right. In lesson 02 it was: *here is a
# code; which of these $N$ things is its partner?* With locations there is a choice to make. The
# authors ask: *here is code $i$. Which of these patches is from its image?* This is one question:

# %%
kinds = np.zeros([4, 4, L], int)
kinds[1] = -1
kinds[1, 1] = 0
kinds[1, 1, L // 2] = 1
show(pictures.pair_kinds(kinds, "InfoNCE over patches:\none question of code 1"), """Only the row of
code 1 has colour. One blue square in its own block, the rest of that block grey, and all squares of
the other three blocks orange.""")


# %% [markdown]
# The candidates are **one** location of image 1 (blue) and **every location of every other image**
# (orange). The other locations of image 1 are grey: they are no wrong answers, since they do come
# from this image. So there are $1 + (N-1)L$ candidates, and $NL$ such questions in a batch.
#
# ### Exercise 5: `local_infonce`, free
#
# *Hard, 12 minutes.* The mean, over all questions, of the log-probability that a softmax over the
# candidates gives to the right one. Add the log of their number, so that knowing nothing reads 0.
# Two things to find out first: what in the denominator is the same for all questions of a code? And
# how do you write it so that scores of 1,000 do not overflow?

# %% tags=["solution"]
def local_infonce(scores):
    """Local InfoNCE of scores [N, N, L], to be maximised: a scalar, nats."""
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.local_infonce(local_infonce)
NCE = feedback.use
feedback

# %% [markdown]
# In a formula, what you have written is
#
# $$\mathcal{I}_{\mathrm{NCE}} = \frac{1}{NL} \sum_{i,l} \log
# \frac{e^{s_{iil}}}{e^{s_{iil}} + \sum_{j \ne i} \sum_{l'} e^{s_{ijl'}}}
# \;+\; \log\big(1 + (N-1)L\big).$$
#
# One may ask the other way round: *here is location $l$ of image $j$. Which of the $N$ **codes**
# belongs to it?* The library has this as `bounds.local_infonce_codes`.

# %%
kinds = np.zeros([4, 4, L], int)
kinds[:, 2, L // 2] = -1
kinds[2, 2, L // 2] = 1
show(pictures.pair_kinds(kinds, "InfoNCE over codes:\none question of image 2"), """One square of
image 2 is blue in the row of code 2 and orange in the other three rows. All else is grey.""")


# %% [markdown]
# The two pictures differ in who competes: patches for a code, or codes for a patch. A patch that every
# code likes is a wrong answer to nearly all questions of the first kind, and changes nothing in those
# of the second. With a code that every patch likes it is the other way round.

# %% [markdown]
# ## How much information is that?
#
# Lesson 02 proved InfoNCE to be a *lower* bound: on average it never reads more than there is. Is
# that so here? Take a world whose answer is known. Each image is a fair coin: all its 25 patches
# show the same side, and the code is that side. A patch and its code share exactly $\log 2 = 0.693$
# nats. The critic knows all there is: 20 where code and patch show the same side, 0 where not.

# %%
def coin_scores(n, places, rng):
    """Scores `[n, n, places]` in the world of the coins."""
    coins = rng.integers(2, size=n)
    same = coins[:, None] == coins  # [n, n]
    return np.repeat(20 * same[:, :, None], places, axis=2).astype("float32")


def average(objective, n, places, draws=100):
    """The mean value over many batches of n coins."""
    rng = np.random.default_rng(run_seed(n))
    return np.mean([objective(tf.constant(coin_scores(n, places, rng))) for _ in range(draws)])


# %% [markdown]
# **Predict** first, with pencil and paper, what *yours* reads for $N = 2$. There are two cases: the
# other image shows the other side, or the same side. What is the probability of the right answer in
# each, among the 26 candidates?

# %%
reads = {"over patches": NCE, "over codes": bounds.local_infonce_codes}
sizes = (2, 4, 8, 16, 32)
coins = {f"InfoNCE {way}": [average(one, n, 25) for n in sizes] for way, one in reads.items()}
for name, line in coins.items():
    print(f"{name:20}", *(f"N = {n}: {value:.2f}  " for n, value in zip(sizes, line)))

# %%
figure = curves(
    sizes, coins, "batch size N", "mean value in nats", {"log 2": math.log(2)}, xscale="log"
)
show(figure, """Two curves over the batch size. InfoNCE over patches begins far above the line at
log 2 and comes down to it. InfoNCE over codes begins below the line and comes up to it.""")

# %% [markdown]
# **InfoNCE over patches reads more than there is**: at $N = 2$ far more than the truth, 0.693,
# and at $N = 8$ still more. It is no lower bound. Over codes the value stays below.
#
# Why? If the other image shows the other side, the right patch has 25 wrong ones against it, each
# hopeless: its probability is nearly 1, and the question gains $\log 26 = 3.26$. If it shows the
# same side, all 26 are alike, and the question gains 0. That is
# $\tfrac{1}{2} \log(1 + L) = 1.63$ on average (the mean of 100 batches of two scatters by about
# 0.2 around it), and it grows with $L$ without end. The proof of
# lesson 02 counts wrong answers that are drawn *independently*. The $L$ patches of one image are
# one draw, counted $L$ times. Over codes each patch is held against codes of $N$ different images,
# which are independent: that is lesson 02's InfoNCE, once for each location.

# %% [markdown]
# None of this forbids to *train* with it: a sum that grows when questions are answered can teach an
# encoder. It forbids to read its value as an amount of information.

# %% [markdown]
# ## Which objective makes the better code?
#
# One run is an anecdote (lesson 03), and several are too long to wait for. So they were recorded,
# with five seeds. One row is your training from above, with your critic. The other four have the
# library's dot-product critic, with a hidden layer and a normalisation on either side, and four
# objectives. Everything else is equal: the first weights, 150 steps of Adam at the rate 0.002, batches
# of 64 from 2,560 images.
#
# The judges are probes on the frozen codes: logistic regression with all labels and with ten labels a
# class, and the five nearest neighbours, among the codes as they are and among whitened ones (lesson
# 05). With ten labels each value is the mean over five draws of them. The first weights are there
# twice, settled and *as built* (lesson 04). The encoder that your step has trained goes in as a
# diamond; it is not whitened here, so that panel has none. **Predict** the order in each panel.

# %%
codes = evaluation.frozen_codes(encoder, images)
draws = [evaluation.few_label_accuracy(codes, 10, run_seed(seed)) for seed in range(5)]
mine = {"linear": evaluation.linear(codes), "knn": evaluation.knn(codes),
        "ten_labels": float(np.mean(draws))}  # fmt: skip
everything = recorded.read("local_objectives")
runs = everything[everything.objective != "divided twice"]  # that one comes further down
print({probe: round(accuracy, 2) for probe, accuracy in mine.items()})

# %%
titles = {"linear": "all labels, linear", "ten_labels": "ten labels a class",
          "knn": "neighbours", "knn_whitened": "neighbours, whitened"}  # fmt: skip
rows = {name: {} for name in runs.objective.unique()}
for probe in titles:
    for case in recorded.summary(runs, by=["objective"], of=probe).itertuples():
        each = runs[runs.objective == case.objective][probe]
        rows[case.objective][probe] = (each, case.low, case.high)

# %%
told = "; ".join(f"{name} " + ", ".join(f"{100 * each.mean():.0f}" for each, _, _ in row.values())
                 for name, row in rows.items())  # fmt: skip
show(pictures.rows_over_seeds(rows, titles, live=("local JSD, your critic", mine)), f"""Mean test accuracies in
percent for four judges, over five seeds with intervals. {told}.""")


# %% [markdown]
# The rows of a seed began with the same weights and saw the same images, so compare them in pairs.

# %%
def paired(one, other, probe):
    """The differences of two rows, one for each seed, in points."""
    table = everything.pivot(index="seed", columns="objective", values=probe)
    return 100 * (table[one] - table[other])


# %%
pairs = [("global JSD", "first weights, settled"), ("global JSD", "first weights, as built"),
         ("local JSD", "global JSD"),
         ("InfoNCE over patches", "global JSD"), ("InfoNCE over codes", "global JSD"),
         ("InfoNCE over codes", "InfoNCE over patches"),
         ("local JSD, your critic", "local JSD")]  # fmt: skip
for one, other in pairs:
    print(f"{one} minus {other}, in points, seed by seed")
    for probe, title in titles.items():
        print(f"  {title:20}", *(f"{points:+6.1f}" for points in paired(one, other, probe)))

# %% [markdown]
# **All labels, and ten.** With logistic regression every code of the table is ahead of the settled
# first weights, in every seed. Over the same weights as built, which are the stronger control, the
# global code is ahead with all labels, by three to seven points, and not with ten: there it is ahead in
# one seed of five. The local ones are ahead of both in every seed, and of the global code, too. Among the
# four with the library's critic InfoNCE over codes is ahead by far: on average 81 % against 59 to 64
# with all labels, 52 % against 29 to 36 with ten a class.
#
# **Neighbours.** Among whitened codes it is the other way round: the global code is ahead of all local
# ones, with 81 % against 70 to 78. Among the codes as they are it comes last on average, with 49 %
# against 56 to 66. So it is whitening that decides about this order. And with neighbours *no* trained
# code of the table, as it is or whitened, is worth as much as the weights that nobody trained, as built
# and as they are: these have 82 to 85 %. (Whitening takes five to nine points from them.) So *which code
# is better* has no answer without *for whom*, and none without *beside what*.
#
# **The critic** counts. The objective of *local JSD* and of the last row is the same, and so are the
# weights they began with. With your critic a linear probe on all labels gets 12 to 15 points more from
# the code, in every seed, and with ten labels a class 5 to 14 points more. Whitened neighbours get less.
# InfoNCE was not run with your critic: that it is best over codes is said of the library's alone.

# %% [markdown]
# In lesson 05 a code had collapsed to a thread, and whitening spread it out again. Is *yours* one, too?
# **Predict** how much of the variance its first two directions hold.

# %%
variances = np.linalg.svd(codes.x - codes.x.mean(axis=0), compute_uv=False) ** 2
shares = np.cumsum(variances / variances.sum())
print(f"of the variance: the first 2 directions {shares[1]:.0%}, the first 10 {shares[9]:.0%}")

# %% [markdown]
# It is no thread: the first two hold about three tenths. But the first ten of 64 hold more than four
# fifths, and distances between codes are mostly made of these. The other 54 directions count for little
# before the code is whitened, whatever they hold. (That is said of your code. The recorded ones, above
# all the global one, for which whitening changes most, may be nearer to a thread.)

# %% [markdown]
# Does the value of an objective tell you? On unseen images:

# %%
for name, group in runs.dropna().groupby("objective", sort=False):
    print(f"{name:22}", *(f"{value:+.2f}" for value in group.held_out), "nats")

# %% [markdown]
# Only two rows ask the same question: local JSD, with the library's critic and with yours. Yours is
# nearer to the ceiling in every seed. A linear probe agrees, and whitened neighbours do not: even there
# it depends on the judge. Of the library's two JSD rows the global one is much nearer to its ceiling,
# which is 0 for both, and a linear probe gets less from its code: an easier question need not make the
# better code. The two InfoNCE rows cannot be compared at all: one is a lower bound on information, the
# other, as you saw, is none. (150 steps are short. Lesson 09 has longer runs with more controls.)

# %% [markdown]
# ## Where is an image recognised?
#
# Your critic can be asked about single patches of images that it has not seen. A critic trained by
# JSD scores near the log of the density ratio (lesson 03). So a softmax of the scores over the 64
# codes is the probability that it gives to each of them, for a given patch. **Predict** where in an
# image the right code gets much of it. (Below, a cell is 4 pixels wide and stands in the middle of the
# 10 that its location sees. The white frame around the cells is the middle of no field.)

# %%
probability = tf.nn.softmax(scores, axis=0).numpy()  # [codes, images, L]
right = np.einsum("jjl->jl", probability)  # of the right code, for each image and location
print(f"by chance {1 / len(right):.3f}, mean over all locations {right.mean():.3f}")

# %%
figure = pictures.heat_maps(held_out[:12], right[:12], side, jump, columns=6,
                            label="probability of the right code")  # fmt: skip
show(figure, """Twelve images, on each a heat map of 5 by 5 cells: the probability of the right code
differs from place to place.""")


# %% [markdown]
# Some images are given away at several places, others at hardly any. Hold it against the note that you
# made of patches at the beginning. Is it the emptier ones that tell less? The eye is easily misled, so
# sort all $64 L$ patches by their mean brightness, and cut the order into tenths.

# %%
def patches_of(images):
    """What every location sees: `[N, L, pixels]`."""
    window, strides = [1, side, side, 1], [1, jump, jump, 1]
    patches = tf.image.extract_patches(images, window, strides, [1, 1, 1, 1], "VALID")
    return tf.reshape(patches, [len(images), L, -1]).numpy()


# %%
brightness = patches_of(held_out).mean(axis=-1).ravel()
tenths = np.array_split(np.argsort(brightness), 10)
light = [brightness[tenth].mean() for tenth in tenths]
found = [right.ravel()[tenth].mean() for tenth in tenths]
print("emptiest to brightest:", *(f"{value:.3f}" for value in found))

# %%
figure = curves(
    light, {"a tenth of the patches": found}, levels={"chance": 1 / 64},
    xlabel="mean brightness of the patch (0 to 1)", ylabel="probability of the right code",
)  # fmt: skip
show(figure, f"""The probability of the right code against the brightness of the patch:
{found[0]:.3f} for the emptiest tenth, up to {max(found):.3f} for others; chance is 0.016.""")


# %% [markdown]
# All in all the right code gets several times its chance. The emptiest tenth tells less than the
# average patch.

# %% [markdown]
# Before you read on: does that say that strokes make the code? It says where *this* critic
# recognises an image. Another objective, or a longer training, may look elsewhere.
#
# ## What could go wrong
#
# Equation 6 of the paper has a $1/M^2$ in front, with $M^2 = L$. A colleague has written it down:

# %%
def by_equation_6(scores):
    """The local JSD objective."""
    return JSD(scores) / scores.shape[2]


# %% [markdown]
# Is that right? Decide before you go on. And **predict** two things: which value has this objective for
# a critic that knows nothing? How much smaller is the first step that a fresh Adam makes with it, for one
# matrix of the critic?

# %%
print(f"knows nothing: yours {JSD(knows_nothing):.3f}, theirs {by_equation_6(knows_nothing):.3f}")


# %%
def first_step(objective):
    """What the first step of a fresh Adam adds to one matrix of the trained critic."""
    with tf.GradientTape() as tape:
        loss = -objective(critic(held_map, held_code))
    gradient = tape.gradient(loss, critic.trainable_variables[0])
    weights = keras.Variable(tf.zeros_like(gradient))
    keras.optimizers.Adam(2e-3).apply([gradient], [weights])
    return weights.numpy()


# %%
for name, objective in {"yours": JSD, "theirs": by_equation_6}.items():
    print(f"{name:6}: mean size of the step {np.abs(first_step(objective)).mean():.5f}")

# %% [markdown]
# The first step is one or two tenths smaller, and not 25 times: Adam divides each gradient by its own size,
# so that a factor drops out. It would drop out altogether without the small constant that Adam adds to the
# size, beside which small gradients count. What comes of a whole training with it is in the recorded
# runs, under the name that the check has for this mistake:

# %%
check.explain("local_jsd.divided_twice")

# %%
print("divided twice minus yours, in points, seed by seed")
for probe, title in titles.items():
    differences = paired("divided twice", "local JSD, your critic", probe)
    print(f"  {title:20}", *(f"{points:+6.1f}" for points in differences))

# %% [markdown]
# For a linear probe on all labels the two codes are worth the same within two points, in every seed,
# and for the other judges within three, now more and now less. That is the symptom: **the training
# is fine, the number is off.** It even looks nearly perfect: a critic that knows nothing is at -0.055, close to 0. It begins to matter where this objective is one term among
# others, as in lesson 08, and counts a twenty-fifth of what was asked. *Test an objective on scores
# whose value you know.*

# %% [markdown]
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. A batch of 64 images, 25 locations. How many positive pairs has the local JSD?
#
# <details><summary>64, one for each image.</summary>That is the global objective. Here every
# location makes a pair with the code: 64 times 25.</details>
# <details><summary>1,600.</summary>Right: 64 times 25 positive ones, averaged, and 64 times 63
# times 25 negative ones, averaged too.</details>
# <details><summary>25, one for each location.</summary>The positives of *one* image. Each image
# of the batch has as many.</details>
#
# #### 2. Why are other locations of the same image no negatives in `local_infonce`?
#
# <details><summary>Because there are too few of them to matter.</summary>There are L - 1 of them
# in every question, and they would matter: however good the critic, L locations of the same image
# would share the probability.</details>
# <details><summary>Because they belong to this code too.</summary>Right. "Which patch is from this
# image?" has them as right answers. Calling them wrong would punish a code for describing all of
# its image.</details>
# <details><summary>They are: everything but the positive pair is a negative.</summary>Read the
# denominator once more: j differs from i. The check knows the mistake, as
# `local_infonce.own_image_among_negatives`.</details>
#
# #### 3. Your local InfoNCE reads 3.1 nats at N = 32. How many nats do code and patches share?
#
# <details><summary>At least 3.1, on average.</summary>That would be so if it were a lower bound. In
# the world of the coins the excess is small at N = 32. But a fair die of 14 sides in place of the coin
# shares log 14 = 2.64 nats, and reads 3.06 on average.</details>
# <details><summary>At most 3.1.</summary>It is no upper bound either: a critic that knows nothing
# reads 0 in any world.</details>
# <details><summary>This number does not say.</summary>Right. Read held-out pairs with a bound whose
# negatives are independent, such as InfoNCE over codes.</details>
#
# #### 4. Why is the dot product so much cheaper than concat-and-convolve?
#
# <details><summary>It looks at fewer pairs.</summary>Both give N x N x L scores.</details>
# <details><summary>Its networks run on parts, not on pairs.</summary>Right: N L + N times instead
# of N x N x L times. Pairs meet in one inner product.</details>
# <details><summary>Its layers are smaller.</summary>In our count both had 128 units.</details>
#
# ## In this lesson we saw
#
# - **local objective**: L small questions share one code, and your own step trained it;
# - **concat-and-convolve** and **encode-and-dot-product**: scores `[N, N, L]` from both, and a cost
#   that differs by a factor that grows with the batch, up to $C + D + U + 1$;
# - **who competes with whom**: patches for a code, or codes for a patch; over patches InfoNCE is no
#   lower bound, because the patches of one image are no independent draws;
# - **which objective is best** depends on the judge: after 150 steps on these digits, and with the
#   library's critic, InfoNCE over codes for a linear probe, and the global one for whitened
#   neighbours, though not for neighbours among the codes as they are;
# - the control **as built**, ahead of them all with neighbours among the codes as they are;
# - that a factor of $1/L$ hides behind a fine training.
#
# **Next**: nothing so far says how the codes should be *distributed*. Lesson 07 gives them a shape,
# with a third network and a game.

# %%
check.progress()
