# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 Start here
#
# **Afterwards you can**
#
# - say what Deep InfoMax promises, and what is odd about it;
# - use the checks, hints and solutions of this course, and see how far you are;
# - move through a lesson without getting stuck.
#
# **Time** about 20 minutes. **You need** Python, a little NumPy, and to have trained a neural
# network once. Run a cell with Shift+Enter; the first one of a lesson loads TensorFlow, which takes
# a few seconds.

# %%
import numpy as np
from sklearn.linear_model import LogisticRegression

from dimlearn import DeepInfoMax, build_encoder, check, data
from dimlearn.deep_infomax import settle
from dimlearn.evaluation import encode, few_labels, standardize
from dimlearn.pictures import canvas, diagnosis, image_grid, show
from dimlearn.pictures.style import BLUE
from dimlearn.startup import keras, run_seed

# %% [markdown]
# ## A puzzle
#
# These are real handwritten digits, each drawn at a random place, size and slant.

# %%
digits = data.load("digits", limit=3000)
some = slice(0, 20 * 37, 37)
show(image_grid(digits.x_train[some], digits.y_train[some]), """Twenty small grey pictures of
handwritten digits at different places and slants, each with its label above it.""")

# %%
print("training images:", digits.x_train.shape, " test images:", digits.x_test.shape)


# %% [markdown]
# Suppose you may look up the label of only **ten images of each digit**. From those you train a very
# simple classifier, logistic regression; it then names all test images. Which ten it is
# given is luck, so five draws are made, and their mean is what counts.

# %%
def accuracy_with_ten_labels(train, test):
    """Mean test accuracy over five draws of ten labelled images a class."""
    train, test = standardize(train, test)
    accuracies = []
    for seed in range(5):
        chosen = few_labels(digits.y_train, 10, seed=run_seed(seed))
        fit = LogisticRegression(max_iter=1000).fit(train[chosen], digits.y_train[chosen])
        accuracies.append(fit.score(test, digits.y_test))
    return np.mean(accuracies)


# %% [markdown]
# What should the classifier be given? The image itself, or what an *encoder* makes of it. That is a
# network which gives each image a *feature map*, one vector for each neighbourhood, and a *code*,
# one short list of numbers for the whole. (You will build one in lesson 04.) So there are three
# candidates:
#
# 1. **pixels**: the image as it is, 784 numbers;
# 2. **untrained**: the code of an encoder with random weights, 64 numbers;
# 3. **Deep InfoMax**: the code of the same encoder after a short training *without any label*.
#
# **Predict**: with ten classes, guessing is right in one of ten. Where will the three end up? Write
# your guesses down; being wrong is how this lesson works.

# %%
def flat(images):
    return images.reshape(len(images), -1)


pixels = accuracy_with_ten_labels(flat(digits.x_train), flat(digits.x_test))
print(f"pixels: {pixels:.1%}")


# %% [markdown]
# Now the encoder. The line with `fit` sees images only: look for the labels in it. (`beta` weighs
# the local part of the objective, the only one that is on here. Lesson 02 says what InfoNCE is, and
# lesson 04 why an encoder has to *settle* before it is judged, an untrained one too.)

# %%
def untrained(seed):
    keras.utils.set_random_seed(run_seed(seed))
    return build_encoder(digits.image_shape, code_dim=64)


def trained(seed):
    """The encoder of a seed after four rounds through the images, and its model."""
    model = DeepInfoMax(untrained(seed), alpha=0, beta=1, gamma=0, bound="infonce_codes")
    model.compile(keras.optimizers.Adam(2e-3))
    model.fit(digits.x_train, epochs=4, batch_size=64, verbose=0)
    return model.encoder, model


# %%
def worth(encoder):
    settle(encoder, digits.x_train[:1000])
    return accuracy_with_ten_labels(encode(encoder, digits.x_train), encode(encoder, digits.x_test))


# %% [markdown]
# One run could be luck as well. So there are three of each, which begin with other random weights.
# (Half a minute, more on a busy machine.)

# %%
accuracies, models = {"pixels": [pixels], "untrained": [], "Deep InfoMax": []}, []
for seed in range(3):
    accuracies["untrained"].append(worth(untrained(seed)))
    encoder, model = trained(seed)
    accuracies["Deep InfoMax"].append(worth(encoder))
    models.append(model)
    print(f"seed {seed} is ready")

# %%
diagnosis.by_seed(accuracies, "test accuracy in percent, ten labels a class")

# %% [markdown]
# Compare the bars with your guesses. With every seed the trained code is far ahead of the pixels,
# and none of the untrained ones is. So it is the training that does it. Here is the **puzzle of
# this course**:
#
# - Nobody told the encoder what a digit is: its training used no label. Why should its code be of
#   more use for telling digits apart than the image itself?
# - In fact the code *cannot* hold more information about the digit than the image: it was computed
#   from it. So whatever makes the code better, it is not the amount of information. What is it?
#
# Nor is it better for everything. Lesson 10 comes back to the puzzle, and shows another kind of
# classifier. Taught with *all* labels, it is no better on such a code, of an even shorter training,
# than on the pixels.

# %% tags=["claim"]
# With every seed the trained code is far ahead of the pixels, and none of the untrained ones is.
assert min(accuracies["Deep InfoMax"]) > pixels + 0.15
assert max(accuracies["untrained"]) < pixels + 0.05


# %% [markdown]
# ## What was trained
#
# What the training pushed up is a *lower bound* on the **mutual information** between an image's
# code and its local features (Hjelm et al. 2019, [arXiv
# 1808.06670](https://arxiv.org/abs/1808.06670)): its mean over many batches is at most the true
# information. Its unit is the *nat*; lesson 01 makes both words exact. **Predict**: is it as
# high for images that the training has not seen?

# %%
def bound_on(images, model):
    values = model.evaluate(images[:640], batch_size=64, verbose=0, return_dict=True)
    return values["local_bound"]


pairs = [[bound_on(x, model) for x in (digits.x_train, digits.x_validation)] for model in models]
for seed, (on_seen, on_new) in enumerate(pairs):
    print(f"seed {seed}: {on_seen:.2f} nats on training images, {on_new:.2f} on new ones")

# %% [markdown]
# Hardly lower. The second number is the one to believe: the training could have learnt its images
# by heart. Code and features of new images share at least that much, but for the chance in a mean.
# How much they really share, it does not say. (It never could say more than $\log 64 = 4.16$, with
# batches of 64.)

# %% tags=["claim"]
# Hardly lower.
assert all(abs(on_seen - on_new) < 0.15 * on_seen for on_seen, on_new in pairs)


# %% [markdown]
# ## How a lesson works
#
# You write functions; each has a **check** of the same name.
#
# ### Your first exercise: `sample_prior`
#
# *Easy, 3 minutes. You will need it again in lesson 07.* Return `n` points of `dim` numbers each,
# all drawn evenly between 0 and 1. The start is given: a generator `rng` of random numbers. It has
# a method for each kind of them: `dir(np.random.default_rng())` lists their names, and `help`
# explains one. Write over the line with `raise`.
#
# First run the next two cells *without* changing anything, to see what a check says.

# %% tags=["solution"]
def sample_prior(n, dim, seed=None):
    """`[n, dim]` independent samples of U[0, 1); the same for the same seed."""
    rng = np.random.default_rng(seed)
    # Yours: let `rng` draw, and return what it gives.
    return rng.uniform(size=(n, dim))


# %% tags=["nbval-check-output"]
feedback = check.sample_prior(sample_prior)
sample = feedback.use
feedback

# %% [markdown]
# **To do** means that nothing was written yet, **Not yet** that something is not right (it says
# what was seen, what was expected and where to look), **Correct** that you are done. `feedback.use`
# is your function when it is correct and ours when it is not, so that *every lesson runs to its
# end*, solved or not. You always may move on.

# %%
points = sample(1000, 2, seed=run_seed())
figure, axis = canvas(width=3.2)
axis.scatter(*points.T, s=4, color=BLUE)
axis.set(xlabel="first dimension", ylabel="second dimension", aspect="equal")
show(figure, "A thousand points fill a square from 0 to 1 evenly, without any pattern.")

# %% [markdown]
# Stuck? Ask for a hint. Each further call tells more. (The first one is about the generator, which
# is given here. So call twice.)

# %%
check.hint("sample_prior")


# %% [markdown]
# After the last hint, `check.solution("sample_prior")` shows a solution and says why it is one.
# Look at it *after* you have tried.
#
# ## What could go wrong
#
# Here is a wrong answer that looks right, the kind you will meet in every lesson. **Predict** what
# the check says about it.

# %% tags=["nbval-check-output"]
def always_the_same(n, dim, seed=None):
    return np.random.default_rng(0).uniform(size=(n, dim))


check.sample_prior(always_the_same)

# %% [markdown]
# ## How far you are
#
# What is done is kept in a small file beside your copies of the lessons. It survives a restart, and
# `dimlearn progress` in a terminal shows it too. Once `sample_prior` is right it is marked there; you
# will use it again in lesson 07.

# %%
check.progress()

# %% [markdown]
# The notebooks in `work` are yours: nothing ever overwrites them. `dimlearn lessons --again 01`
# gives you a new copy of lesson 01, keeps the old one under another name, and opens JupyterLab (with
# `--copy-only` it does not).
#
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. What did the training of the encoder see?
#
# <details><summary>Images and their labels.</summary>No: look at the arguments of `fit`. The labels
# came later, ten of each digit, and only to the logistic regression.</details>
# <details><summary>Images alone.</summary>Right. What replaces the label is a question that the
# images answer themselves: do this code and this patch come from the same image?</details>
# <details><summary>The test images.</summary>Never: they serve for the one number at the end, and
# they show handwriting that no training image shows.</details>
#
# #### 2. The code is computed from the image. Can it hold more information about the digit?
#
# <details><summary>Yes, else the accuracy could not rise.</summary>Accuracy with a simple
# classifier and few labels measures how easy the information is to get at, not
# how much there is.</details>
# <details><summary>No. It holds at most as much.</summary>Right: no computation on the image alone
# adds information about it (the data processing inequality). Then what rose? Keep that
# question.</details>
#
# #### 3. A check says "Not yet". What now?
#
# <details><summary>The lesson can't go on.</summary>It can: `feedback.use` is then a working
# function, and all later cells run on it.</details>
# <details><summary>Read what it saw and expected, mend, run both cells again.</summary>Right. Both:
# the one with your function, then the one with the check.</details>
#
# ## What you will have built
#
# What stands behind these numbers, you will write: entropy and information (lesson 01), the bounds and
# the critics that find them (02, 03), the encoder (04), the global and the local question (05, 06), the
# prior and its game (07), and one training step for all of it (08). With that step you train an
# encoder of your own, and keep it in a file. Lesson 09 sets your file among its controls in a table
# of your own, lesson 10 looks inside codes and heals five broken trainers, and lesson 11 does
# all of it on your own images.
#
# ## In this lesson we saw
#
# - **the puzzle**: an encoder trained without labels makes a code from which a simple classifier
#   learns more with few labels than from the pixels, though it cannot know more;
# - a control that lacks one thing, several seeds, and a bound that is read on new images;
# - how checks, hints, solutions and progress behave.
#
# **Next**: lesson 01 makes the word *information* exact.
