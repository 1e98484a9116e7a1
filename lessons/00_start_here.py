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

from dimlearn import DeepInfoMax, build_encoder, check, data
from dimlearn.pictures import canvas, image_grid, show
from dimlearn.pictures.style import BLUE, GREY
from dimlearn.startup import keras, run_seed

# %% [markdown]
# ## A puzzle
#
# These are real handwritten digits, each drawn at a random place, size and slant.

# %%
digits = data.load("digits")
some = slice(0, 20 * 37, 37)
show(
    image_grid(digits.x_train[some], digits.y_train[some]),
    "Twenty small grey pictures of handwritten digits at different places and slants, each with "
    "its label above it.",
)

# %%
print("training images:", digits.x_train.shape, " test images:", digits.x_test.shape)

# %% [markdown]
# Suppose you may look up the label of only **ten images of each digit**. From those you train the
# simplest classifier there is, logistic regression; it then names all test images.

# %%
from sklearn.linear_model import LogisticRegression

from dimlearn.evaluation import few_labels, standardize


def accuracy_with_ten_labels(train, test, draws=5):
    """Mean test accuracy over several draws of ten labelled images a class."""
    train, test = standardize(train, test)
    accuracies = []
    for seed in range(draws):
        chosen = few_labels(digits.y_train, 10, seed=run_seed(seed))
        fit = LogisticRegression(max_iter=1000).fit(train[chosen], digits.y_train[chosen])
        accuracies.append(fit.score(test, digits.y_test))
        print(f"draw {seed + 1}: {accuracies[-1]:.1%}")
    return np.mean(accuracies)


# %% [markdown]
# What should the classifier be given? The image itself, or what an *encoder* makes of it. That is a
# network which gives each image a *feature map*, one vector for each neighbourhood, and a *code*,
# one short list of numbers for the whole. (You will build one in lesson 04.) So there are three
# candidates:
#
# 1. **pixels**: the image as it is;
# 2. **random**: the code of an untrained convolutional encoder, numbers computed with random
#    weights;
# 3. **Deep InfoMax**: the code of the same encoder after a short training *without any label*.
#
# **Predict**: with ten classes, guessing is right in one of ten. Where will the three end up? Write
# your guesses down; being wrong is how this lesson works.
#
# The next cell fits five classifiers to 784 pixels each. That takes up to half a minute.

# %%
def flat(images):
    return images.reshape(len(images), -1)


accuracy = {"pixels": accuracy_with_ten_labels(flat(digits.x_train), flat(digits.x_test))}
print(f"pixels: {accuracy['pixels']:.1%}")

# %% [markdown]
# Now an encoder whose weights are random. Its code has 64 numbers for each image.

# %%
keras.utils.set_random_seed(run_seed())
encoder = build_encoder(digits.image_shape, code_dim=64)


def codes(images):
    feature_map, code = encoder.predict(images, batch_size=500, verbose=0)
    return code


accuracy["random"] = accuracy_with_ten_labels(codes(digits.x_train), codes(digits.x_test))
print(f"random: {accuracy['random']:.1%}")

# %% [markdown]
# Now Deep InfoMax, for three rounds through the images. The line with `fit` sees images only: look
# for the labels in it. It takes up to half a minute and prints two lines a round. (`alpha`, `beta`
# and `gamma` weigh three parts of the objective; only the second, the local one, is on here. Lesson
# 08 mixes them, and lesson 02 says what `"infonce"` is.)

# %%
model = DeepInfoMax(encoder, alpha=0, beta=1, gamma=0, bound="infonce")
model.compile("adam")
history = model.fit(digits.x_train, epochs=3, batch_size=128, verbose=2)
accuracy["Deep InfoMax"] = accuracy_with_ten_labels(codes(digits.x_train), codes(digits.x_test))

# %%
figure, axis = canvas(width=5.5, height=2.4)
bars = axis.barh(list(accuracy), [100 * a for a in accuracy.values()], color=[GREY, GREY, BLUE])
axis.bar_label(bars, fmt="%.1f", padding=3)
axis.invert_yaxis()
axis.set(xlabel="test accuracy in percent, ten labels a class", ylabel="what it was given")
axis.set_xlim(0, 100)
told = ", ".join(f"{name} {100 * a:.1f}" for name, a in accuracy.items())
show(figure, f"Three bars of test accuracy in percent: {told}.")

# %% [markdown]
# Compare the bars with your guesses. Here is the **puzzle of this course**:
#
# - Nobody told the encoder what a digit is: its training used no label. Why should its code be of
#   more use for telling digits apart than the image itself?
# - In fact the code *cannot* hold more information about the digit than the image: it was computed
#   from it. So whatever makes the code better, it is not the amount of information. What is it?
#
# Three rounds are a beginning. The project's README has the table after a longer training, with
# intervals, more controls and the cases in which Deep InfoMax loses. In lesson 09 you will judge
# encoders with probes and intervals of your own, and lesson 10 comes back to the puzzle.
#
# What the training pushed up is a *lower bound* on the **mutual information** between an image's
# code and its local features (Hjelm et al. 2019, [arXiv
# 1808.06670](https://arxiv.org/abs/1808.06670)): a number that the true information is at least as
# large as. Its unit is the *nat*; lesson 01 makes both words exact.

# %%
bound = [-loss for loss in history.history["loss"]]  # Keras walks downhill, so the loss is minus it
figure, axis = canvas()
axis.plot(range(1, 4), bound, "o-", color=BLUE)
axis.set(xlabel="round through the images", ylabel="bound in nats", xticks=[1, 2, 3])
told = ", ".join(f"{value:.2f}" for value in bound)
show(figure, f"The lower bound on mutual information after rounds 1, 2 and 3: {told} nats.")


# %% [markdown]
# Read it so: after the last round, code and features share *at least* as many nats as the last
# point says. How many they really share, it does not say.
#
# ## How a lesson works
#
# You write functions; each has a **check** of the same name. Here is a worked one: a function that
# counts the nats in a fair choice among $K$ things, $\log K$.

# %%
def nats_of_a_choice(K):
    """Entropy of a fair choice among K things, in nats."""
    return np.log(K)


print(f"a fair die with six sides: {nats_of_a_choice(6):.4f} nats")


# %% [markdown]
# ### Your first exercise: `sample_prior`
#
# *Easy, 3 minutes. You will need it again in lesson 07.* Return `n` points of `dim` numbers each,
# all drawn evenly between 0 and 1. The start is given: a generator `rng` of random numbers.
# Write over the line with `raise`.
#
# First run the next two cells *without* changing anything, to see what a check says.

# %% tags=["solution"]
def sample_prior(n, dim, seed=None):
    """`[n, dim]` independent samples of U[0, 1); the same for the same seed."""
    rng = np.random.default_rng(seed)
    # Yours: `return rng.uniform(size=...)` with the right size.
    raise NotImplementedError


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
# Stuck? Ask for a hint. Each further call tells more. (The first one is written for lesson 07,
# where you make the generator yourself. Here it is given, so call twice if the first tells you
# nothing new.)

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
# `dimlearn progress` in a terminal shows it too. `sample_prior` stands under lesson 7, where you
# will use it again; once it is right it is marked there.

# %%
check.progress()

# %% [markdown]
# The notebooks in `work` are yours: nothing ever overwrites them. `dimlearn lessons --again 01`
# gives you a new copy of lesson 01 and keeps the old one under another name.
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
# ## In this lesson we saw
#
# - **the puzzle**: an encoder trained without labels makes a code from which a simple classifier
#   learns more with few labels than from the pixels, though it cannot know more;
# - how checks, hints, solutions and progress behave.
#
# **Next**: lesson 01 makes the word *information* exact.
