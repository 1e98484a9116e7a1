# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 The weighted loss
#
# **Afterwards you can**
#
# - put the global bound, the local bound and the prior into one loss, and say what each of its
#   three weights does;
# - write a training step for several networks, and find out by counting which of them it moves;
# - train an encoder with Keras and a step of your own, and keep it in a file.
#
# At the end there is a file `yours.keras` beside your copies of the lessons. Lesson 09 judges it.
#
# **Time** two sittings of about 25 and 35 minutes. **You need** lessons 04 to 07 (the lesson runs
# without them, on our functions), and to have met `tf.GradientTape` once.

# %%
import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from dimlearn import check, data, pictures
from dimlearn.check import progress_file
from dimlearn.course import recorded
from dimlearn.deep_infomax import settle
from dimlearn.evaluation import encode, standardize
from dimlearn.evaluation.rows import rise_and_fall
from dimlearn.pictures import LiveTraining, explorer, judging, show, training_step
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## What you have already
#
# Everything that this lesson puts together you have met. `check.yours` brings back what *you* wrote
# in the earlier lessons, judges it once more, and gives you ours where yours is missing.
#
# One thing to know: a Python loop over all pairs of images is right, but takes minutes to compile
# for a batch of 64. If your `local_jsd` or `local_infonce` has one, write it with array operations,
# or take ours for once: `from dimlearn.information.bounds import local_jsd, local_infonce`. (And Keras
# will compile your functions as they stand, where `len(scores)` fails: ask for `scores.shape[0]`. The
# checks look at that.)

# %%
build_encoder = check.yours("build_encoder")
global_pairs = check.yours("global_pairs")
global_loss = check.yours("global_loss")
local_scores = check.yours("local_scores")
local_jsd = check.yours("local_jsd")
local_infonce = check.yours("local_infonce")
prior_loss = check.yours("prior_loss")
discriminator_loss = check.yours("discriminator_loss")

# %% [markdown]
# ## The whole step in one picture
#
# Full arrows: what is computed. Dashed arrows: where gradients flow back. **Predict** before you
# run the cell: there are four networks. How many optimizers are needed, and which of the four must
# *not* be moved by the gradient of the weighted loss?

# %%
show(training_step(alpha=0.6, beta=0.4, gamma=0.2), """From left to right: image, encoder, feature
map and code; a global and a local critic, and a discriminator that also gets prior samples; two
bounds and the prior loss, which make the weighted loss. Its gradient flows back to the encoder and
the critics. The discriminator has a loss and an optimizer of its own.""")

# %% [markdown]
# Two optimizers. Encoder and critics want the *same* thing, high bounds, so one optimizer moves
# them together (blue borders). The discriminator is the one opponent: the weighted loss reaches the
# encoder *through* it, but only its own loss moves it.
#
# ## Three numbers become one
#
# To have numbers for the picture we need images, and the three networks beside the encoder. The
# local critic projects each location and each code, and hands both to your `local_scores`. As in
# lesson 06 the sum over `units` products is divided by the root of their number, so that the first
# scores are small.

# %%
images = data.load(limit=3000)
shuffled = tf.data.Dataset.from_tensor_slices(images.x_train).shuffle(3000, seed=run_seed())
batches = shuffled.batch(64, drop_remainder=True)
first_batch = tf.constant(images.x_train[:64])


# %%
class LocalCritic(keras.Model):
    def __init__(self, units=128):
        super().__init__()
        self.units = units
        self.of_location = keras.layers.Dense(units)
        self.of_code = keras.layers.Dense(units)

    def call(self, feature_map, code):
        locations = feature_map.shape[1] * feature_map.shape[2]
        features = tf.reshape(feature_map, [-1, locations, feature_map.shape[3]])
        return local_scores(self.of_location(features), self.of_code(code)) / self.units**0.5


# %% [markdown]
# The global critic and the discriminator are the same kind of network: one hidden layer, one
# number out.

# %%
def small_network(units=128):
    return keras.Sequential([keras.layers.Dense(units, activation="relu"), keras.layers.Dense(1)])


def new_encoder(seed=0):
    keras.utils.set_random_seed(run_seed(seed))
    return build_encoder(images.image_shape, 64)


# %% [markdown]
# Each of the three terms is one line of your earlier work:

# %%
def global_bound(critic, feature_map, code):
    positive, negative = global_pairs(feature_map, code)
    return -global_loss(critic(positive), critic(negative))


def local_bound(critic, feature_map, code):
    return local_jsd(critic(feature_map, code))


def loss_of_prior(discriminator, code):
    return prior_loss(discriminator(tf.sigmoid(code)))


# %% [markdown]
# **Predict**: nothing is trained yet, so all scores are near 0. What is a JSD bound then? (Lesson
# 03 had it.) And the prior loss, a softplus of minus the logit, if the logit is near 0 too?

# %%
feature_map, code = new_encoder()(first_batch)
values = {
    "global bound": float(global_bound(small_network(), feature_map, code)),
    "local bound": float(local_bound(LocalCritic(), feature_map, code)),
    "prior loss": float(loss_of_prior(small_network(), code)),
}
print({name: round(value, 2) for name, value in values.items()}, "nats")
print(f"-2 log 2 = {-2 * np.log(2):.2f}, log 2 = {np.log(2):.2f}")

# %% [markdown]
# Both bounds stand near $-2 \log 2$, where every training of them begins. The prior loss stands
# within half a nat of $\log 2$, and not on it: the discriminator is fed 64 numbers around 0.5,
# not around 0, so even an untrained one has logits that differ from 0.

# %% tags=["claim"]
# Both bounds stand near $-2 \log 2$, where every training of them begins.
assert abs(values["global bound"] + 2 * np.log(2)) < 0.1
assert abs(values["local bound"] + 2 * np.log(2)) < 0.1

# %% tags=["claim"]
# The prior loss stands within half a nat of $\log 2$, and not on it
assert 0.001 < abs(values["prior loss"] - np.log(2)) < 0.5


# %% [markdown]
# ### Exercise 1: `dim_loss`, free
#
# *Easy, 3 minutes. Stuck? `check.hint("dim_loss")`, then `check.solution("dim_loss")`; you may
# always move on.* Deep InfoMax (Hjelm et al. 2019, Eq. 8) wants two bounds to be large: the global
# one, weighed by `alpha`, and the local one, weighed by `beta`. `prior_loss` is what the encoder
# *minimises* in the prior game; its weight is `gamma`. An optimizer only ever goes down. Make one
# number for it of the three.

# %% tags=["solution"]
def dim_loss(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    """The weighted loss in nats: a scalar to be minimised."""
    return -alpha * global_mi - beta * local_mi + gamma * prior_loss


# %% tags=["nbval-check-output"]
feedback = check.dim_loss(dim_loss)
weighted_loss = feedback.use
feedback


# %% [markdown]
# Now the picture with the numbers of this batch and your loss. Move the sliders. **Predict** first:
# what happens to the right end, and what to the picture, when a weight becomes 0?

# %%
def step_with(alpha, beta, gamma):
    loss = float(weighted_loss(*values.values(), alpha, beta, gamma))
    figure = training_step(alpha, beta, gamma, {**values, "loss": loss})
    return show(figure, f"""The training step with alpha {alpha:g}, beta {beta:g}, gamma {gamma:g}:
    its weighted loss is {loss:.2f} nats; parts with the weight 0 are pale.""")


weight = (0.0, 1.0, 0.1)
explorer(step_with, alpha=(*weight, 0.6), beta=(*weight, 0.4), gamma=(*weight, 0.2))

# %% [markdown]
# The same without sliders, for the paper's local method DIM(L), $(0, 1, 0.1)$:

# %%
step_with(alpha=0.0, beta=1.0, gamma=0.1)


# %% [markdown]
# A term with **weight 0 may be left out**: its critic gets no gradient, so there is no reason to
# compute it, and no reason to build the network. (The library does leave it out.) The seminar project
# that this course continues had four settings: *global* $(1, 0, 1)$, *local* $(0, 1, 0.1)$, *mixed*
# $(0.6, 0.4, 0)$ and *complete* $(0.6, 0.4, 0.2)$. You will train the second; lesson 09 compares all
# four.
#
# ## A step, worked out
#
# A training step always has the same four parts. Here is the whole of the discriminator's:

# %%
def discriminator_step(code, discriminator, optimizer):
    uniform = tf.random.uniform(tf.shape(code))
    with tf.GradientTape() as tape:  # 1. forward, on record, down to one number
        loss = discriminator_loss(discriminator(uniform), discriminator(tf.sigmoid(code)))
    variables = discriminator.trainable_variables  # 2. who is to move
    gradients = tape.gradient(loss, variables)  # 3. in which direction
    optimizer.apply_gradients(zip(gradients, variables))  # 4. move
    return loss


# %% [markdown]
# **Predict**: the encoder is untrained and stands still. Which way does this loss go in twenty
# steps?

# %%
discriminator, optimizer = small_network(), keras.optimizers.Adam(1e-3)
losses = [float(discriminator_step(code, discriminator, optimizer)) for _ in range(20)]
print(f"discriminator loss: {losses[0]:.2f} at first, {losses[-1]:.2f} after 20 steps")

# %% [markdown]
# It falls. At first it lies near $2 \log 2 = 1.39$, the price of saying one half to everything: the
# first weights say something else, and much the same to codes and samples. After twenty steps it lies
# below. The discriminator has begun to tell the codes of an untrained encoder from uniform samples. (An
# easy beginning: behind the sigmoid these codes all lie close to the middle.)

# %% tags=["claim"]
# It falls. At first it lies near $2 \log 2 = 1.39$, the price of saying one half to everything
assert losses[-1] < losses[0] - 0.05 and abs(losses[0] - 2 * np.log(2)) < 0.25

# %% tags=["claim"]
# After twenty steps it lies
# below.
assert losses[-1] < 2 * np.log(2) - 0.02

# %% tags=["claim"]
# behind the sigmoid these codes all lie close to the middle
assert np.abs(tf.sigmoid(code) - 0.5).max() < 0.05


# %% [markdown]
# Why `tf.random` and not NumPy, as in your `sample_prior`? Steps will be compiled below, and a
# compiled function runs NumPy *once*, when it is compiled. Here it "draws" twice:

# %%
@tf.function
def compiled_draw():
    return np.random.default_rng().uniform(size=3)


print(compiled_draw().numpy().round(3), compiled_draw().numpy().round(3))

# %% [markdown]
# The same sample, and so for ever. TensorFlow's own generator draws anew at every step.
#
# In lesson 06 you wrote `train_step`, one step of the local objective: encoder and critic together descend
# `-local_jsd`. It is here again (yours, if it was right, and ours otherwise).

# %%
step = check.yours("train_step")


# %% [markdown]
# Trust, but look: after *one* step, what has moved? Three groups should have: the encoder's
# weights, the critic's weights, and the moving averages of the encoder's batch normalisation.

# %%
def new_pair(seed=0):
    encoder, critic = new_encoder(seed), LocalCritic()
    critic(*encoder(first_batch))  # the first call makes the critic's weights
    return encoder, critic


def groups(encoder, critic):
    return {
        "encoder's weights": encoder.trainable_variables,
        "critic's weights": critic.trainable_variables,
        "moving averages": encoder.non_trainable_variables,
    }


# %%
def what_moves(groups, run):
    """How many variables of each group `run()` moves: `{group: (moved, all)}`."""
    before = {name: [v.numpy() for v in group] for name, group in groups.items()}
    run()
    counts = {}
    for name, group in groups.items():
        moved = sum(np.any(old != v.numpy()) for old, v in zip(before[name], group))
        counts[name] = (int(moved), len(group))
    return counts


# %%
def moved_by(one_step):
    """What one step on a new pair moves."""
    pair, optimizer = new_pair(), keras.optimizers.Adam(1e-3)
    return what_moves(groups(*pair), lambda: one_step(first_batch, *pair, optimizer))


moved_by(step)

# %% [markdown]
# All of each: the two numbers of every pair agree. (Moving averages there are only if your encoder
# has batch normalisation.) Keep the idea in mind: to compare the weights before and after a step is the
# cheapest test of any training loop.

# %% tags=["claim"]
# All of each: the two numbers of every pair agree.
assert all(moved == total > 0 for moved, total in moved_by(step).values())


# %% [markdown]
# ## Keras does the rest
#
# A loop over epochs, a progress display, callbacks, saving: Keras has all of it. A `keras.Model`
# whose `train_step` is yours is enough. This is the whole of it:

# %%
class LocalDIM(keras.Model):
    def __init__(self, encoder, critic, one_step):
        super().__init__()
        self.encoder, self.critic, self.one_step = encoder, critic, one_step
        self.mean = keras.metrics.Mean()  # over the epoch

    def train_step(self, images):
        loss = self.one_step(images, self.encoder, self.critic, self.optimizer)
        self.mean.update_state(loss)
        return {"mean_loss": self.mean.result()}


# %% [markdown]
# `fit` compiles the step once and calls it for every batch. **Predict** the curve of four short
# epochs: where does it begin, which way does it go?

# %%
def fit_pair(one_step, pair, epochs):
    model = LocalDIM(*pair, one_step)
    model.compile(keras.optimizers.Adam(1e-3), jit_compile=False)
    return model.fit(batches.take(16), epochs=epochs, verbose=0, shuffle=False).history["mean_loss"]


encoder, critic = new_pair()
right = fit_pair(step, (encoder, critic), epochs=4)
print("mean loss of each epoch:", np.round(right, 2), "nats")

# %% [markdown]
# Down from $2 \log 2 = 1.39$, epoch by epoch. (How fast depends on your encoder: a narrow one, or
# one without batch normalisation, may hardly move in so few steps.)
#
# Is it a good loss? Look at *new* images, in the two ways in which the encoder can be called:

# %% tags=["claim"]
# Down from $2 \log 2 = 1.39$, epoch by epoch.
assert 2 * np.log(2) > right[0] > right[1] > right[2] > right[3]

# %%
validation_batch = tf.constant(images.x_validation[:64])


def loss_on_validation(training):
    scores = critic(*encoder(validation_batch, training=training))
    return float(-local_jsd(scores))


predicting = loss_on_validation(training=False)
print(f"moving averages:          {predicting:.2f} nats")
print(f"statistics of this batch: {loss_on_validation(training=True):.2f} nats")

# %% [markdown]
# One encoder, and two numbers that should agree and do not. Batch normalisation divides by the
# statistics of the *batch* in training, and by *moving averages* when predicting. The averages
# begin at the mean 0 and the variance 1, and forget 1 % at each step. Are they stale? (If your
# encoder has no batch normalisation, the two numbers agree, and there is nothing to mend.)

# %%
print(f"after 64 steps {0.99**64:.0%} of a moving average is still its first value")

# %% [markdown]
# If that is the reason, then new averages must mend it, and no training. `settle` passes images
# through the encoder, replaces the averages by the statistics of these, and leaves the weights
# alone. **Predict** the loss with moving averages after it.

# %%
settle(encoder, images.x_train)
settled = loss_on_validation(training=False)
print(f"moving averages, settled: {settled:.2f} nats")

# %% [markdown]
# That was the reason. How long must a training be, until it no longer matters? The rest of the first
# value, 1, has to be small beside the variance that belongs there, and that is small itself:

# %%
for average in encoder.non_trainable_variables:
    if "moving_variance" in average.path:
        variance = np.mean(average.numpy())
        steps = np.log(variance / 10) / np.log(0.99)
        print(f"settled variance {variance:.4f}: a rest of 1 is a tenth of it after {steps:.0f} steps")

# %% [markdown]
# So it takes several hundred steps. (An encoder without batch normalisation has no averages, and there
# is nothing to wait for.) And all the while the weights move, so that an average lags behind them.
#
# An untrained encoder's averages have not even begun. So lesson 04 settled whatever it judged, and so
# do we from here on.

# %% tags=["claim"]
# So it takes several hundred steps.
small = min(np.mean(one.numpy()) for one in encoder.non_trainable_variables if "variance" in one.path)
assert 300 < np.log(small / 10) / np.log(0.99) < 1200

# %% tags=["claim"]
# That was the reason.
fresh = loss_on_validation(training=True)
assert predicting - fresh > 0.2 and abs(settled - fresh) < 0.25 * (predicting - fresh)


# %% [markdown]
# *A sitting may end here. What you wrote is kept: on another day, run all cells above once and go on.*
#
# ## What could go wrong: two steps that look fine
#
# Both mistakes below have been made in real code. Read them and **predict** for each: does the
# curve of the loss give it away?

# %%
def critic_forgotten(images, encoder, critic, optimizer):
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(*encoder(images, training=True)))
    variables = encoder.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


# %%
def flag_forgotten(images, encoder, critic, optimizer):
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(*encoder(images)))
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


# %%
lines = {"right": right}
lines["critic forgotten"] = fit_pair(critic_forgotten, new_pair(), epochs=4)
lines["flag forgotten"] = fit_pair(flag_forgotten, new_pair(), epochs=4)
labels, level = ("epoch", "mean loss in nats"), {"2 log 2": 2 * np.log(2)}
show(pictures.curves(range(1, 5), lines, *labels, level), f"""Three curves of the mean loss in nats
over four epochs: {pictures.first_and_last(lines)}.""")

# %% [markdown]
# All three losses fall. With the critic forgotten, the encoder learns to please a *random* critic, and
# its curve lies close to the right one. With the flag forgotten, the loss ends highest of the three.
# What gives both mistakes away at once is counting:

# %%
for mistake in (critic_forgotten, flag_forgotten):
    print(mistake.__name__, moved_by(mistake))

# %% [markdown]
# One group at zero in each. Where the flag is forgotten, nothing is ever normalised, in training or
# later: the averages stay at 0 and 1, and the layers that were to make training easy do next to
# nothing.
#
# What a mistake costs the *code*, no curve tells. That takes a probe; you will need one further down.

# %% tags=["claim"]
# All three losses fall.
assert all(line[-1] < line[0] for line in lines.values())

# %% tags=["claim"]
# its curve lies close to the right one.
assert abs(lines["critic forgotten"][-1] - right[-1]) < 0.1

# %% tags=["claim"]
# With the flag forgotten, the loss ends highest of the three.
assert max(lines, key=lambda name: lines[name][-1]) == "flag forgotten"

# %% tags=["claim"]
# One group at zero in each.
assert moved_by(critic_forgotten)["critic's weights"][0] == 0
assert moved_by(flag_forgotten)["moving averages"][0] == 0

# %% [markdown]
# ## What could go wrong: one step for all
#
# The seminar project could train only one encoder per run. Its compiled step looked much like
# this. **Predict** what happens when the names `encoder` and `critic` are given to a new pair and
# the training is started again.

# %%
optimizer = keras.optimizers.Adam(1e-3)
encoder, critic = new_pair(seed=0)


@tf.function
def one_step_for_all(images):
    return step(images, encoder, critic, optimizer)


def twenty_steps():
    return [float(one_step_for_all(batch)) for batch in batches.take(20)]


# %%
first, second = twenty_steps(), []
encoder, critic = new_pair(seed=1)
counts = what_moves(groups(encoder, critic), lambda: second.extend(twenty_steps()))
print(f"first pair:  loss {first[0]:.2f} at first, {first[-1]:.2f} after twenty steps")
print(f"second pair: loss {second[0]:.2f} at first, {second[-1]:.2f} after twenty steps")
print("moved of the second pair:", counts)

# %% [markdown]
# No error, a falling loss, and the second encoder has not moved. Counting shows it: three groups at
# zero. The **symptom** is in the first number of the second loss, too: a new encoder starts near 1.39
# again, but this loss goes on about where the first one stopped. `tf.function` compiled the step for
# the variables it saw. The *name* now means another network; the compiled step still trains the old one.
#
# Adam is tied to its variables as well: it remembers the past gradients of each. The cure is a
# function that makes everything anew.

# %% tags=["claim"]
# No error, a falling loss, and the second encoder has not moved.
assert all(moved == 0 for moved, _ in counts.values())
assert second[-1] < second[0] < first[0] - 0.05 and first[-1] < first[0]


# %%
def new_trainer(encoder, critic):
    own_optimizer = keras.optimizers.Adam(1e-3)

    @tf.function
    def own_step(images):
        return step(images, encoder, critic, own_optimizer)

    return own_step


own = float(new_trainer(encoder, critic)(first_batch))
print(f"the second pair with its own step and optimizer begins at {own:.2f} nats")

# %% tags=["claim"]
# a new encoder starts near 1.39 again, but this loss goes on about where the first one
# stopped.
assert abs(own - 2 * np.log(2)) < 0.1 and abs(second[0] - first[-1]) < 0.15


# %% [markdown]
# The rule is short: **one model, one compiled step, one optimizer (two with a discriminator)**. A
# `keras.Model` object owns all three, which is why the cell with the mistakes could train two
# encoders in a row.
#
# ## All of it in one step
#
# ### Exercise 2: `dim_step`, free
#
# *Hard, 15 minutes.* The whole step of DIM(L), for all three networks. Encoder and critic go down
# `-beta` times `local_infonce` plus `gamma` times the prior loss. The discriminator goes down its
# own loss on the same codes, with its own optimizer. `prior` are samples of the prior, made for
# you. Return both losses as tensors, of before the step.
#
# Decide three things before you write. Whose variables does each gradient belong to? What may move
# before the last gradient is computed? How often is the encoder called?

# %% tags=["solution"]
def dim_step(images, prior, encoder, critic, discriminator, optimizer, discriminator_optimizer,
             beta, gamma):
    """One step of all three networks: `(loss, discriminator_loss)` before it."""
    with tf.GradientTape(persistent=True) as tape:
        feature_map, code = encoder(images, training=True)
        logits = discriminator(tf.sigmoid(code))
        loss = gamma * prior_loss(logits) - beta * local_infonce(critic(feature_map, code))
        other = discriminator_loss(discriminator(prior), logits)
    ours = encoder.trainable_variables + critic.trainable_variables
    theirs = discriminator.trainable_variables
    gradients, other_gradients = tape.gradient(loss, ours), tape.gradient(other, theirs)
    optimizer.apply_gradients(zip(gradients, ours))
    discriminator_optimizer.apply_gradients(zip(other_gradients, theirs))
    return loss, other


# %% tags=["nbval-check-output"]
feedback = check.dim_step(dim_step)
whole_step = feedback.use
feedback

# %% [markdown]
# The check has tried your step on small networks. Here it is on the real ones. **Predict** the four
# counts.

# %%
encoder, critic, judge = *new_pair(), small_network()
judge(code)  # the first call makes its weights
players = encoder, critic, judge, keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3)
everybody = groups(encoder, critic) | {"discriminator's weights": judge.trainable_variables}
prior = tf.random.uniform(tf.shape(code))
all_moved = what_moves(everybody, lambda: whole_step(first_batch, prior, *players, 1.0, 0.1))
all_moved

# %% [markdown]
# All of each again. (Whether each group went down the *right* loss, no count tells: a discriminator
# that is moved down the encoder's loss moves as well. The check has looked at that.)

# %% tags=["claim"]
# All of each again.
assert len(all_moved) == 4 and all(moved == total > 0 for moved, total in all_moved.values())


# %% [markdown]
# ## Your model
#
# The same Keras model as above, with your whole step in it and one optimizer more:

# %%
class YourDIM(keras.Model):
    def __init__(self, encoder, beta=1.0, gamma=0.1):
        super().__init__()
        self.encoder, self.critic, self.judge = encoder, LocalCritic(), small_network()
        self.weights_of_terms = (beta, gamma)
        self.pace = keras.optimizers.Adam(1e-4)  # of the discriminator

    def train_step(self, images):
        prior = tf.random.uniform([64, 64])  # [N, D]
        players = (self.encoder, self.critic, self.judge, self.optimizer, self.pace)
        loss, other = whole_step(images, prior, *players, *self.weights_of_terms)
        return {"loss": loss, "discriminator": other}


# %% [markdown]
# The loss does not say what a code is *worth*. A **probe** does: logistic regression on the codes
# of 1,000 labelled training images, scored on *validation* images. (The test images stay untouched
# until lesson 09.) The probe is the only one here that sees a label.

# %%
def probe(encoder):
    train = encode(encoder, images.x_train[:1000])
    train, validation = standardize(train, encode(encoder, images.x_validation[:1000]))
    with threadpool_limits(1):  # on a busy machine many threads mostly wait for one another
        fit = LogisticRegression(max_iter=300).fit(train, images.y_train[:1000])
    return fit.score(validation, images.y_validation[:1000])


# %% [markdown]
# As a **callback** it runs after each epoch. What it writes into `logs` ends up in the history. It
# settles the encoder for the look, and then gives it back what it had: the training goes on as if
# nobody had looked.

# %%
class Probe(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        before = self.model.encoder.get_weights()
        settle(self.model.encoder, images.x_train[:1000])
        logs["probe"] = probe(self.model.encoder)
        self.model.encoder.set_weights(before)


# %% [markdown]
# And a control, which costs nothing: the same encoder with its first weights, settled too.
# **Predict**: how many of the validation images will a probe name from the code of an *untrained*
# encoder? And after six epochs, in which your step sees 3,000 images and not one label?

# %%
untrained = new_encoder()
settle(untrained, images.x_train)
print(f"before any training: {probe(untrained):.0%}")

# %%
encoder = new_encoder()
model = YourDIM(encoder)
rate = rise_and_fall(8e-3, steps=6 * len(batches))
model.compile(keras.optimizers.Adam(rate), jit_compile=False)
watchers = [Probe(), LiveTraining({"loss": "loss of encoder and critic"})]
history = model.fit(batches, epochs=6, verbose=0, shuffle=False, callbacks=watchers).history
settle(encoder, images.x_train)

# %%
line = {"yours": [100 * accuracy for accuracy in history["probe"]]}
level = {"untrained": 100 * probe(untrained)}
labels = "epoch", "probe's accuracy in percent"
show(pictures.curves(range(1, 7), line, *labels, level), f"""The probe's accuracy in percent over six
epochs: {pictures.first_and_last(line)}, untrained {level["untrained"]:.0f}.""")

# %% [markdown]
# The rate of learning rises at first and then falls to 0 along half a cosine. (The rows of `dimlearn
# compare` are trained at a rate that rises and stays, unless it is told otherwise; lesson 09 tells it.)
#
# The code of your encoder is worth far more than that of the same encoder untrained. Nobody told it
# what a digit is. (If your encoder is narrow, or without batch normalisation, the line may rise
# less: try `dimlearn.build_encoder` in the place of yours.)

# %% tags=["claim"]
# (The rows of `dimlearn
# compare` are trained at a rate that rises and stays, unless it is told otherwise
from dimlearn.evaluation import Settings

assert not Settings().decay

# %% tags=["claim"]
# The code of your encoder is worth far more than that of the same encoder untrained.
assert history["probe"][-1] > probe(untrained) + 0.15

# %% [markdown]
# ## What the prior asks for
#
# The prior wants the entries of a code, behind the sigmoid, to be spread evenly between 0 and 1.
# Look at yours, with its weight $\gamma = 0.1$, and at the untrained ones. **Predict** both shapes.

# %%
seen = images.x_validation[:400]
codes = {"untrained": encode(untrained, seen), "yours": encode(encoder, seen)}
judging.squashed(codes)

# %% [markdown]
# The untrained entries all lie near the middle, and the training has spread them. An even spread
# would have 10 % at the ends, in the two outer twentieths; the titles say how many there are.
#
# Is that the work of the prior, or of the bound? This picture cannot tell: it lacks its control, the
# same training with $\gamma = 0$. (The batches come in another order.) **Predict** its shape, beside
# that of yours.

# %% tags=["claim"]
# The untrained entries all lie near the middle, and the training has spread them.
assert np.abs(codes["untrained"]).max() < 1.5
assert codes["yours"].std() > 2 * codes["untrained"].std()

# %%
control = new_encoder()
model = YourDIM(control, gamma=0)
model.compile(keras.optimizers.Adam(rate), jit_compile=False)
model.fit(batches, epochs=6, verbose=0, shuffle=False)
settle(control, images.x_train)
codes["gamma = 0"] = encode(control, seen)
judging.squashed(codes)

# %% [markdown]
# Most of the *spread* is there without a prior: it is the work of the bound. The *ends* are where the
# prior shows: without it less than half as many entries get there.
#
# But such a histogram throws all 64 numbers into one heap. The prior wants *each* number to be spread
# evenly, and each may have its own place. Lesson 07's **gap** looks at one number at a time (0: even;
# 0.5: all in the middle; 1: all at one end). **Predict**: with the prior, is a number nearer to even?

# %% tags=["claim"]
# Most of the *spread* is there without a prior: it is the work of the bound.
spread = {name: np.abs(1 / (1 + np.exp(-code)) - 0.5).mean() for name, code in codes.items()}
assert spread["gamma = 0"] - spread["untrained"] > 0.5 * (spread["yours"] - spread["untrained"])

# %% tags=["claim"]
# The *ends* are where the
# prior shows: without it less than half as many entries get there.
at_ends = {name: np.mean(np.abs(1 / (1 + np.exp(-code)) - 0.5) > 0.45) for name, code in codes.items()}
assert at_ends["gamma = 0"] < 0.5 * at_ends["yours"]



# %%
def gap(code):
    """How far each squashed number is from even: the largest difference, mean over the numbers."""
    points = np.sort(1 / (1 + np.exp(-code)), axis=0)
    share = np.arange(1, len(points) + 1)[:, None] / len(points)
    return np.abs(share - points).max(axis=0).mean()


# %%
shapes = {}
for name, code in codes.items():
    each = 1 / (1 + np.exp(-code))
    off = each.mean(axis=0) - 0.5
    leaning = np.sum(off < -0.1), np.sum(off > 0.1)
    shapes[name] = gap(code), each.std(axis=0).mean(), np.abs(off).mean(), *leaning
    told = "gap {:.2f}, deviation of a number {:.2f}, its mean is {:.2f} off the middle"
    print(f"{name:9}", told.format(*shapes[name]), "({} below 0.4, {} above 0.6)".format(*leaning))

# %% [markdown]
# It is not: with the prior the gap is a little *larger*. A number is spread about as widely as without
# one. But its mean lies further from the middle, and more numbers lean to one side. The prior has moved
# whole numbers. Together they reach further out, and each by itself is no more even.
#
# One run each is an anecdote, and your $\gamma$ is only one. So other settings were *recorded*, five seeds
# each: the library's four, on your budget. *mixed* has no prior, *complete* one with the weight 0.2, and
# they are equal in everything else. *local* has your two weights, but the library's critic and
# discriminator, with which codes spread less: it is no repetition of your run. *global* has a prior
# with the weight 1, and another bound. **Predict**: how many in a hundred entries will lie at the ends,
# and which rows have the smaller gap?

# %% tags=["claim"]
# It is not: with the prior the gap is a little *larger*.
assert 0 < shapes["yours"][0] - shapes["gamma = 0"][0] < 0.12

# %% tags=["claim"]
# A number is spread about as widely as without one. But its mean lies further from the middle, and
# more numbers lean to one side.
assert abs(shapes["yours"][1] - shapes["gamma = 0"][1]) < 0.03
assert shapes["yours"][2] > shapes["gamma = 0"][2] + 0.01
assert sum(shapes["yours"][3:]) > sum(shapes["gamma = 0"][3:])

# %%
table, rows = recorded.read("weightings"), ["random", "local", "mixed", "complete", "global"]
by_seed = {what: table.pivot(index="seed", columns="row", values=what)[rows]
           for what in ("at_the_ends", "gap")}  # fmt: skip
ends, gaps = by_seed.values()
(100 * ends).round(1)

# %%
gaps.round(2)

# %% [markdown]
# Without a prior nothing is at the ends, and with the weight 0.1 of *local* next to nothing. With 0.2
# up to two entries in a hundred get there, fewer than an even spread would have. That is the work of
# the prior, since *mixed* and *complete* differ in nothing else. With 1, and the global bound beside
# it, far too many do: more than half of all entries. Weight and bound differ there, so this table
# cannot say which of them does it.
#
# And each number by itself? With its prior *complete* has a larger gap than *mixed* without one, with
# every seed: the numbers are *less* even for it. *global* is the furthest from even of all, further than
# the untrained code. A prior is asked for, and on this budget not granted. (What each of these codes is
# worth, lesson 09 shows.)

# %% tags=["claim"]
# Without a prior nothing is at the ends, and with the weight 0.1 of *local* next to nothing
assert (ends["mixed"] < 0.0005).all() and (ends["local"] < 0.002).all()

# %% tags=["claim"]
# With 0.2 up to two entries in a hundred get there, fewer than an even spread would have. That is the
# work of the prior, since *mixed* and *complete* differ in nothing else.
assert ends["complete"].between(0.0004, 0.0204).all() and (ends["complete"] > ends["mixed"]).all()

# %% tags=["claim"]
# With 1, and the global bound beside it, far too many do: more than half of all entries.
assert (ends["global"] > 0.5).all()

# %% tags=["claim"]
# With its prior *complete* has a larger gap than *mixed* without one, with every seed
assert (gaps["complete"] > gaps["mixed"] + 0.04).all()

# %% tags=["claim"]
# *global* is the furthest from even of all, further than the untrained code.
assert (gaps["global"] > gaps.drop(columns="global").max(axis=1) + 0.2).all()

# %% [markdown]
# ## Save and load
#
# An encoder is worth keeping: its codes are what everybody afterwards works with. The critic and
# the discriminator are not kept; their work is done. Two encoders go beside your copies of the
# lessons, yours and the untrained one.

# %%
folder = progress_file.path().parent
encoder.save(folder / "yours.keras")
untrained.save(folder / "yours_untrained.keras")

# %% [markdown]
# The promise to keep is that the loaded encoder gives *identical* codes:

# %%
again = keras.saving.load_model(folder / "yours.keras")
print("after loading, the same codes:", np.array_equal(encode(again, seen), codes["yours"]))

# %% [markdown]
# Identical to the last digit, settled averages included. The file holds the architecture, too, as
# long as it is a `keras.Model(inputs, outputs)` of Keras' own layers. (A class of your own is not
# in the file: Keras would ask whoever loads it for its code.)
#
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. Why does one optimizer serve encoder and critics, while the discriminator has its own?
#
# <details><summary>The critics are part of the encoder.</summary>They are networks of their own,
# thrown away after training. They share a loss with the encoder, not layers.</details>
# <details><summary>Encoder and critics lower the same loss; the discriminator lowers another
# one.</summary>Right. What wants the same can move together. The discriminator wants to tell codes
# from the prior, the encoder wants that it cannot.</details>
# <details><summary>The encoder must fool the critics, but not the discriminator.</summary>It is the
# other way round: only the prior is a game. An encoder that fooled its critics would have a code
# that says nothing about the image.</details>
#
# #### 2. You double alpha, beta and gamma. What changes under Adam?
#
# <details><summary>The codes will hold twice the information.</summary>The weights scale the loss,
# not what it measures.</details>
# <details><summary>Hardly anything: Adam divides by the size of the gradients.</summary>Right, the
# optimum is the same and Adam's step does not depend on the scale. What counts is the *ratio* of
# the weights. Plain gradient descent would take steps twice as long.</details>
# <details><summary>The prior gets more weight than before.</summary>All three were doubled, so
# their ratios are what they were.</details>
#
# #### 3. The JSD loss of your second encoder starts clearly below 2 log 2. What do you suspect?
#
# <details><summary>Lucky first weights.</summary>Untrained scores are near 0 whatever the seed, and
# then the loss is near 2 log 2.</details>
# <details><summary>The step still trains the first encoder.</summary>Right. Compare the second
# encoder's weights before and after.</details>
# <details><summary>The second encoder has learnt from the first.</summary>Two models share nothing
# unless you let them. Here they share a compiled step that knows one of them.</details>
#
# #### 4. Another run: training loss 0.7, validation loss 12 after four epochs. Overfitting?
#
# <details><summary>Yes: training is far better than validation.</summary>It looks like it. But in
# the run of this lesson the same validation images gave a good loss with the batch's own statistics,
# and settling the averages mended the other one, with the same weights.</details>
# <details><summary>Perhaps not: the moving averages may be stale.</summary>Right, and there is a
# test for it: settle the encoder, and look again.</details>
# <details><summary>The validation images are harder.</summary>They come from the same place, and
# with the batch's statistics they did well.</details>
#
# ## In this lesson we saw
#
# - the **weighted loss** $-\alpha \hat I_\mathrm{global} - \beta \hat I_\mathrm{local} + \gamma
#   \mathcal L_\mathrm{prior}$, in which a term of weight 0 may be left out;
# - the **training step**: forward on record, variables, gradients, move; cooperating networks
#   together, the opponent apart;
# - three mistakes whose loss falls all the same, and the test that finds them: count what moved;
# - **settled** averages, without which a short training is judged by statistics of the past;
# - a Keras model around your own step, and the encoder that it trained, in a file.
#
# **Next**: the line that rose above was no fair comparison. It had one probe, one control, and no
# interval around any number. Lesson 09 takes your file and does it properly, with test images that
# choose nothing.

# %%
check.progress()
