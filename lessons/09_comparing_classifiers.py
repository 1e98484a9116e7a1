# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 Comparing classifiers
#
# **Afterwards you can**
#
# - measure what a code is worth, with a frozen encoder, controls, equal budgets and intervals;
# - say of two rows of a table which is better, and how sure that is;
# - take a table of accuracies apart, and show how much each of its mistakes matters;
# - put an encoder of your own into the table of this course.
#
# **Time** two sittings of about 40 and 42 minutes. **You need** lesson 08, which wrote the file of
# your encoder. (Without it, one that we train on the spot stands in.)

# %%
import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from dimlearn import check, data
from dimlearn.check import progress_file
from dimlearn.course import recorded
from dimlearn.deep_infomax import settle
from dimlearn.evaluation import Settings, all_rows, encode
from dimlearn.evaluation.intervals import effective_number
from dimlearn.pictures import curves, explorer, first_and_last, judging, objectives, show
from dimlearn.startup import keras, run_seed

# %% [markdown]
# ## A table that looks good
#
# This course grew out of a student project. It trained four Deep InfoMax encoders on MNIST, put the
# same small classifier behind each, and compared them with that classifier on the pixels. These are
# the accuracies on the test set that it reported:

# %%
seminar = {"pixels": 0.8999, "global": 0.9216, "local": 0.9632, "mixed": 0.9198, "complete": 0.9472}
judging.bars(seminar, "test accuracy in percent, as reported", controls=["pixels"])

# %% [markdown]
# It seems that Deep InfoMax gains two to six points. **Predict**: of these points, how many are due
# to Deep InfoMax? And what would you ask the author before you believe it? Write down three
# questions; we come back to them.
#
# ## Five rows, one budget
#
# A number alone says nothing; it needs something to stand beside. A **control** is a row that lacks
# one ingredient of the method and is equal in everything else.
#
# | row | labels in its training | what it is there for |
# |---|---|---|
# | pixels | none | is an encoder of use at all? |
# | pca | none | is 64 numbers instead of 784 what helps? |
# | untrained | none | is the *architecture* what helps? |
# | yours | none | this is what we want to know about |
# | supervised | all | how good could such an encoder be? |
#
# *yours* and *untrained* are the two files of lesson 08: your encoder after and before its
# training. *supervised* gets the same images, epochs, batches and rate. Only one ingredient differs
# from *yours*: it is trained by the labels.

# %%
images = data.load(limit=3000)
x_test, y_test = images.x_test[:2160], images.y_test[:2160]
budget = {"epochs": 6, "batch_size": 64, "learning_rate": 8e-3, "decay": True, "bound": "infonce"}

# %% [markdown]
# Where a file is missing, ours stands in: the library trains the row *local*, with the same budget.
# (If your encoder is a class of your own, its file cannot be loaded. Move it away, and ours will do.)

# %%
import tempfile
from pathlib import Path

beside = progress_file.path().parent
files = {"yours": beside / "yours.keras", "untrained": beside / "yours_untrained.keras"}
settings = Settings(**budget)
for name, ours in {"yours": "local", "untrained": "random"}.items():
    if not files[name].exists():
        print(f"{name}: lesson 08 has not written the file, so the row {ours} of ours stands in")
        files[name] = Path(tempfile.mkdtemp()) / f"{name}.keras"
        encoder, _ = all_rows(settings)[ours].train(images, settings, seed=run_seed())
        encoder.save(files[name])

# %% [markdown]
# A row of the library's table is a thing that makes an encoder. `add` makes one of a file: it takes
# any frozen Keras model whose last output is a code.

# %%
settings = Settings(**budget, add=files)
rows, encoders = ["pixels", "pca", "untrained", "yours", "supervised"], {}
for name in rows:
    encoders[name], history = all_rows(settings)[name].train(images, settings, seed=run_seed())

# %% [markdown]
# Each is *frozen* from here on: it turns images into codes, and what is trained afterwards sees the
# codes only.

# %%
train = {name: encode(encoder, images.x_train) for name, encoder in encoders.items()}
validation = {name: encode(encoder, images.x_validation) for name, encoder in encoders.items()}
test = {name: encode(encoder, x_test) for name, encoder in encoders.items()}
for name, code in train.items():
    least, most = code.std(axis=0).min(), code.std(axis=0).max()
    print(f"{name:10} {code.shape[1]:3} numbers, deviations from {least:.3f} to {most:.3f}")


# %% [markdown]
# ## One scale for all
#
# The codes have very different scales, and a classifier with a penalty on its weights is not
# indifferent to that: what is small needs large weights. So that no row gains or loses by its
# units, every feature of every code is **standardised**: shifted to the mean 0, and divided by its
# standard deviation.
#
# ### Exercise 1: `standardize`, faded
#
# *Easy, 5 minutes. Stuck? `check.hint("standardize")`, as often as you like.* Whose mean and
# deviation, of the training or of the test images? And look at the smallest deviation of the pixels
# above: what becomes of a pixel that is always black?

# %% tags=["solution"]
def standardize(train, test):
    """`(train, test)` `[N, D]`, each feature with the training set's mean 0 and deviation 1."""
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    # Yours: mend deviations of 0 (or 1e-17, by rounding), then return both sets.
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.standardize(standardize)
standard = feedback.use
feedback


# %%
def fit_probe(codes, labels, strength=1.0):
    with threadpool_limits(1):  # on a busy machine many threads mostly wait for one another
        return LogisticRegression(C=strength, max_iter=1000, tol=1e-3).fit(codes, labels)


codes = {name: standard(train[name], test[name]) for name in rows}
held_out = {name: standard(train[name], validation[name])[1] for name in rows}

# %% [markdown]
# ## The penalty is a choice
#
# The **probe** is logistic regression, the same for every row. It has one setting, `C`: the larger
# it is, the weaker the penalty on large weights. It is tempting to fix it, "so that nothing is
# chosen". **Predict**: how much can it matter for the pixels whether `C` is 0.001, 0.1 or 10?

# %%
strengths = (0.001, 0.01, 0.1, 1.0, 10.0)
fits = {C: fit_probe(codes["pixels"][0], images.y_train, C) for C in strengths}
for C, fit in fits.items():
    share = fit.score(held_out["pixels"], images.y_validation)
    print(f"C = {C:6}: {share:.1%} of validation images")


# %% [markdown]
# The best and the worst of these lie more than ten points apart, with one code and one probe. And
# there is no way of choosing nothing: whoever fixes `C` for all rows has chosen it for the row that
# it suits. So every row gets the one of these `C` that is best on the *validation* images. The test
# images have no say in it. (A row that chooses an end of the grid might like a wider or finer one: look.)

# %%
def best_probe(name):
    """The probe of a row whose penalty the validation images choose."""
    known = fits if name == "pixels" else {
        C: fit_probe(codes[name][0], images.y_train, C) for C in strengths
    }
    return max(known.values(), key=lambda f: f.score(held_out[name], images.y_validation))


probes = {name: best_probe(name) for name in rows}
right = {name: probes[name].predict(codes[name][1]) == y_test for name in rows}
for name in rows:
    print(f"{name:10} C = {probes[name].C:5}: {right[name].mean():.1%} of test images")


# %% [markdown]
# ## How sure is such a number?
#
# Other test images would have given another number. Say that $k$ of $n$ independent cases were
# right. An accuracy $p$ is *plausible* when the share that was seen, $k/n$, lies within $z = 1.96$
# of its standard errors: $|k/n - p| \le z \sqrt{p (1 - p) / n}$. All plausible $p$ together are the
# **Wilson interval** (Wilson 1927).
#
# Mind whose error it is: that of the accuracy $p$ that is tried, not of the share that was seen.
# With the latter, ten right of ten would have an error of 0.
#
# At the two ends there is an equality. Squared, it is a quadratic equation in $p$:
#
# $$\Big(1 + \frac{z^2}{n}\Big)\, p^2 \;-\; \Big(\frac{2k}{n} + \frac{z^2}{n}\Big)\, p \;+\;
# \frac{k^2}{n^2} \;=\; 0.$$
#
# ### Exercise 2: `accuracy_interval`, faded
#
# *Medium, 6 minutes.* The two solutions lie equally far from their mean, which is `center` in the
# code. How far? (With pencil and paper: what is the product of the two solutions?)

# %% tags=["solution"]
def accuracy_interval(correct, total):
    """`(low, high)`: the 95 % Wilson interval when `correct` of `total` cases were right."""
    z, share = 1.959964, correct / total
    center = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    # Yours: the distance of both ends from the center, then the two ends.
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.accuracy_interval(accuracy_interval)
interval = feedback.use
feedback

# %%
for correct, total in ((10, 10), (9, 10), (90, 100), (900, 1000)):
    low, high = interval(correct, total)
    print(f"{correct:3} of {total:4}: {low:.3f} to {high:.3f}")

# %% [markdown]
# Ten right of ten do not prove that a classifier is perfect: the interval reaches down to 0.722.
# And ten times the images leave about a third of the width: compare the last two lines.
#
# **Predict**: there are 2,160 test pictures here. What is $n$?

# %%
groups = images.test_groups[:2160]  # which original each test image shows
print(f"{len(x_test)} test images show {len(np.unique(groups))} originals")

# %% [markdown]
# The bundled digits show each original in four poses here. (With MNIST every image is an original.)
# If the four poses of one hand's 7 always shared their fate, $n$ would be 540. If they had nothing
# to do with one another, it would be 2,160. The answers themselves tell where between the two it
# lies: the more the answers of one original agree, the fewer cases the images are worth (Kish
# 1965).

# %%
worth = {name: effective_number(right[name], groups) for name in rows}
print({name: round(n) for name, n in worth.items()})

# %% [markdown]
# Neither 540 nor 2,160, in any row. To cut the test set to one pose of each original would throw
# away what the other poses tell; to count every pose would promise more than they do.

# %%
found = {}
for name in rows:
    accuracy, n = right[name].mean(), worth[name]
    found[name] = (accuracy, *interval(accuracy * n, n))
judging.intervals(found, "test accuracy in percent, linear probe")


# %% [markdown]
# Read it from the controls. Your encoder has over thirty points more than itself untrained, and the
# untrained one has hardly more than the pixels, or a few: here it is the training that helps, and not the
# architecture by itself. *supervised*, which saw all labels, has ten to fifteen points more than yours.
#
# Now look at *pixels* and *pca*. Their intervals overlap widely. **Predict**: may the two be ranked?
#
# ## Two rows, the same images
#
# An interval around one row says how far *its* number could have been another. Which of two rows
# is better is a different question, and these rows have answered the same images: an image that is
# hard for both drops out of their difference. **Predict**: is the interval of the difference of two
# rows wider or narrower than their own ones suggest?
#
# ### Exercise 3: `paired_difference`, free
#
# *Medium, 8 minutes.* `correct_a` and `correct_b` say which of the same images two rows get right,
# `groups` which original each image shows, in any order (all originals have equally many images).
# Return the mean of a - b, and that minus and plus 1.96 standard errors. Whose standard error: what
# here are independent cases, and how many are there? (The deviation divides by their number less
# 1.)

# %% tags=["solution"]
def paired_difference(correct_a, correct_b, groups):
    """`(difference, low, high)` of two rows' right answers `[n]`: mean of a - b, 95 % interval."""
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.paired_difference(paired_difference)
difference_of = feedback.use
feedback


# %%
def differences(answers, *pairs):
    return {f"{a} - {b}": difference_of(answers[a], answers[b], groups) for a, b in pairs}


pairs = (("yours", "untrained"), ("yours", "pixels"), ("pca", "pixels"), ("supervised", "yours"))
steps = differences(right, *pairs)
judging.intervals(steps, "difference in points", zero=True)

# %% [markdown]
# Not with any confidence: the interval of *pca* - *pixels* ends within half a point of 0. On which side,
# the solver's tolerance decides (with `tol=1e-5` in `fit_probe` it reaches 0), and nothing should rest on
# that.
#
# But look what even this hangs on. *pca* has chosen `C = 0.1`. Give the pixels the same:

# %%
same_penalty = {"pca": right["pca"], "pixels": fits[0.1].predict(codes["pixels"][1]) == y_test}
for name, answers in same_penalty.items():
    low, high = interval(answers.mean() * worth[name], worth[name])
    print(f"{name:6} {answers.mean():.1%}, from {low:.1%} to {high:.1%}")
judging.intervals(differences(same_penalty, ("pca", "pixels")), "difference in points", zero=True)

# %% [markdown]
# Now *pca* is ahead, and the interval of its lead lies clear of 0. Yet those of the two accuracies still
# overlap: two intervals that overlap say nothing against a difference. And no interval tells that a
# penalty was chosen badly: each answers its own question, about these images and these two probes.
#
# And is the interval of a difference wider or narrower than two separate ones suggest?

# %%
separate = np.hypot(np.ptp(found["yours"][1:]), np.ptp(found["supervised"][1:]))
print(f"yours and supervised: {100 * separate:.1f} points wide if the rows were independent, "
      f"{100 * np.ptp(steps['supervised - yours'][1:]):.1f} in pairs")


# %% [markdown]
# Narrower: what is hard for both drops out.
#
# The steps of this ladder are sure, then, *yours* over *untrained* and *supervised* over *yours*.
# Sure of *what*, though? Of these encoders under this probe: other test images would tell the same.
# Whether it also survives other first weights, we ask further below.
#
# *A sitting may end here. What you wrote is kept: on another day, run all cells above once and go on.*
#
# ## Few labels
#
# With all labels, a probe may learn what the code lacks. The promise of learning without labels is
# that few will do afterwards.
#
# ### Exercise 4: `few_labels`, free
#
# *Medium, 5 minutes.* Pick `per_class` examples of every class: their *indices*, so that images and
# codes can be picked with them. Which classes there are, the labels say. A class with too few is a
# `ValueError`, for a table that says "ten" must mean ten.

# %% tags=["solution"]
def few_labels(labels, per_class, seed=0):
    """Indices `[K * per_class]` of `per_class` distinct examples of each of the K classes."""
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.few_labels(few_labels)
draw_labels = feedback.use
feedback


# %% [markdown]
# **Predict**: with *one* label a class, in which order do the rows end up? With ten?
#
# And the penalty? Images that choose it would be labels, too, and there are only a few. So here it is
# fixed for all rows, at `C = 1`. That is a choice, as you have seen, and we shall try others.

# %%
def with_few(name, per_class, seed, strength=1.0):
    """Which test images are right, `[N]`, after one draw of labels."""
    chosen = draw_labels(images.y_train, per_class, seed=run_seed(seed))
    a, b = codes[name]
    return fit_probe(a[chosen], images.y_train[chosen], strength).predict(b) == y_test


unseen = rows[:4]  # supervised has seen all labels already
of_one = {name: np.array([with_few(name, 1, s) for s in range(10)]) for name in unseen}
of_ten = {name: np.array([with_few(name, 10, s) for s in range(10)]) for name in unseen}

# %%
each_draw = {name: 100 * of_one[name].mean(axis=1) for name in unseen}
show(curves(range(10), each_draw, "draw of the labels", "test accuracy in percent",
            ylim=(5, 40)), f"""Jagged lines over ten draws of one label a class, first and last:
{first_and_last(each_draw)}.""")

# %%
for name in unseen:
    one, ten = of_one[name].mean(axis=1), of_ten[name].mean(axis=1)
    print(f"{name:10} one label a class {one.mean():.1%} +/- {one.std(ddof=1):.1%}, "
          f"ten {ten.mean():.1%} +/- {ten.std(ddof=1):.1%}")

# %% [markdown]
# Behind each mean stands the standard deviation of its ten draws. With one label a class the lines of
# *pixels* and *untrained* cross: whoever draws once may publish either order of them. A mean over
# draws, with its spread, is what can be compared. By that, *yours* is ahead with one label by some
# points, and with ten by far.
#
# With ten labels the untrained encoder has even *less* than the pixels. So an encoder is no gain by
# itself, and a control that is missing from a table may be the row to beat.
#
# And does it hang on `C = 1`? Three draws of ten labels, with other penalties:

# %%
with_strength = {C: {name: np.mean([with_few(name, 10, s, C) for s in range(3)]) for name in unseen}
                 for C in (0.001, 0.1, 10.0)}  # fmt: skip
for C, found_so in with_strength.items():
    print(f"C = {C:5}:", ", ".join(f"{name} {share:.1%}" for name, share in found_so.items()))

# %% [markdown]
# With each of them *yours* is far ahead of the three others. So that does not hang on the choice.

# %% [markdown]
# In pairs, with ten labels, where an image counts by the share of the draws that get it right:

# %%
share = {name: answers.mean(axis=0) for name, answers in of_ten.items()}  # [N]
few = differences(share, ("yours", "untrained"), ("yours", "pixels"))
judging.intervals(few, "difference in points, ten labels a class", zero=True)


# %% [markdown]
# (*supervised* is left out: it saw all 3,000 labels when it was trained, and ten a class only now. And
# mind what these intervals are about: other test images. The luck of the draws, the deviations above, is
# not in them.)
#
# ## The classifier of the table
#
# Now the classifier that the project used: the code, two layers of 64 ReLU units, ten logits. The
# encoder must not move: neither its weights, which the optimizer would train, nor the running
# statistics of its batch normalisation, which move by themselves whenever a network is called with
# `training=True`.
#
# ### Exercise 5: `frozen_classifier`, free
#
# *Medium, 6 minutes.* The encoder returns the pair `(feature_map, code)`; its images have the shape
# `encoder.input_shape[1:]`. One property of a Keras model stops both kinds of movement.

# %% tags=["solution"]
def frozen_classifier(encoder, num_classes):
    """A `keras.Model` from images to logits `[N, num_classes]` behind the frozen encoder."""
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.frozen_classifier(frozen_classifier)
frozen = feedback.use
feedback

# %% [markdown]
# ## The table, taken apart
#
# And this is how the project built its classifier. Find the difference to yours before you read on.

# %%
import inspect

from dimlearn.course.project import free_classifier

print(inspect.getsource(free_classifier))


# %% [markdown]
# `training=False` looks like "do not train". It says how the layers *compute*; which weights an
# optimizer moves is another matter. Count them:

# %%
def copy_of(name):
    """A copy of an encoder: what is trained next leaves the original alone."""
    copy = keras.models.clone_model(encoders[name])
    copy.set_weights(encoders[name].get_weights())
    return copy


for build in (free_classifier, frozen):
    count = len(build(copy_of("yours"), images.num_classes).trainable_variables)
    print(f"{build.__name__}: {count} variables will be trained")


# %% [markdown]
# So the labels trained the whole network, encoder and all. **Predict**: put such a classifier
# behind the *untrained* encoder, which has learnt nothing whatever. How far will it fall behind the
# one with yours? And how far behind the frozen ones?

# %%
def right_after(classifier, scale=1.0, rate=2e-3, epochs=5, kind="Adam"):
    """Which test images a classifier gets right after a training with all labels, settled."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.get({"class_name": kind, "config": {"learning_rate": rate}})
    classifier.compile(optimizer, loss, jit_compile=False, steps_per_execution=10)
    x_train = scale * images.x_train
    classifier.fit(x_train, images.y_train, batch_size=32, epochs=epochs, verbose=0)
    settle(classifier, x_train[:1000])
    return encode(classifier, scale * x_test).argmax(axis=1) == y_test


# %%
answers = {}
for kind, build in {"frozen": frozen, "free": free_classifier}.items():
    for name in ("untrained", "yours"):
        keras.utils.set_random_seed(run_seed())
        classifier = build(copy_of(name), images.num_classes)
        answers[f"{name}, {kind}"] = right_after(classifier)


# %% [markdown]
# Then the other side of the table: the small network on the *pixels*. The project trained it with
# plain gradient descent (SGD) at the rate 0.001, on pixels from 0 to 255, for three epochs of 60,000
# images: as many images as in sixty epochs of our 3,000. Here it is so trained. Three more get the five epochs that
# the classifiers above had: one has plain gradient descent on pixels from 0 to 1, at the rate 0.1;
# one has the optimizer and rate of those above, but pixels from 0 to 255; and one is treated as they
# are. **Predict**: what held the network of the project down?

# %%
def small_classifier(seed=0):
    keras.utils.set_random_seed(run_seed(seed))
    wide = [keras.layers.Dense(64, activation="relu") for _ in range(2)]
    layers = [keras.layers.Flatten(), *wide, keras.layers.Dense(images.num_classes)]
    return keras.Sequential([keras.Input(images.image_shape), *layers])


project = {"scale": 255.0, "rate": 1e-3, "epochs": 60, "kind": "SGD"}
treatments = {"as in the project": project, "SGD 0.1, 0 to 1": {"rate": 0.1, "kind": "SGD"},
              "Adam, 0 to 255": {"scale": 255.0}, "Adam, 0 to 1": {}}  # fmt: skip
for name, treatment in treatments.items():
    answers[f"pixels, {name}"] = right_after(small_classifier(), **treatment)

# %%
apart = {name: each.mean() for name, each in answers.items()}
judging.bars(apart, controls=[name for name in apart if "yours" not in name])


# %% [markdown]
# All but the row of the project have had five epochs. Frozen, *yours* is far ahead of *untrained*.
# **Predict**: is all of that lead due to Deep InfoMax? These classifiers were given the codes as they
# are, and you have printed their deviations: those of *untrained* are small. Here are both once more,
# with the code standardised inside the encoder, by the training images:

# %%
def standardised(name):
    """A copy of an encoder whose code is standardised, by the training images."""
    encoder, code = copy_of(name), train[name]
    feature_map, raw = encoder.outputs
    scale = keras.layers.Normalization(mean=code.mean(axis=0), variance=code.var(axis=0))
    return keras.Model(encoder.input, (feature_map, scale(raw)))


one_scale = {}
for name in ("untrained", "yours"):
    keras.utils.set_random_seed(run_seed())
    one_scale[name] = right_after(frozen(standardised(name), images.num_classes)).mean()
    print(f"{name}: {apart[f'{name}, frozen']:.1%} as it is, {one_scale[name]:.1%} standardised")

# %%
free = differences(answers, ("yours, free", "untrained, free"))
judging.intervals(free, "difference in points, both encoders trained on", zero=True)

# %% [markdown]
# Standardised, *untrained* gains ten points or more, and *yours* hardly changes. So a good part of the
# lead was the *scale* of the code, in a training too short to make up for it. What remains, six to
# sixteen points by learner, is due to Deep InfoMax. That is the warning of "One scale for all", in a new place.
#
# Free, both are above *yours* when it is frozen. The encoder that had learnt nothing lies within a few
# points of the other. How many changes with the first weights of the head, and it may even be ahead. So
# what Deep InfoMax adds there is no more than that, whatever the height of the bar *yours, free*: the
# labels do the work.
#
# And the network on pixels was held down. On pixels from 0 to 1 Adam gives it some thirty points or
# more, in a twelfth of the epochs, and there plain gradient descent at a suitable rate gives it most
# of that. Adam by itself gives it nothing: on pixels from 0 to 255, at this rate, it is no better after
# five epochs than the project's after sixty. So the project's table compared fine-tuned convolutional
# networks with a small network that was poorly trained. What Deep InfoMax adds it does not show.
# Fine-tuning is a fair thing to do, and the paper does it too; then the row to compare with is the
# fine-tuned *untrained* encoder.
#
# And the fair comparison? Frozen, *yours* beside the network on pixels that was treated alike. Both
# classifiers have first weights of their own, so here are their paired differences with three seeds of
# these. **Predict**: how far is *yours* ahead? (With a linear probe it was more than thirty points.)

# %%
lead = {}
for seed in range(3):
    keras.utils.set_random_seed(run_seed(seed))
    on_code = right_after(frozen(copy_of("yours"), images.num_classes))
    lead[f"seed {seed}"] = difference_of(on_code, right_after(small_classifier(seed)), groups)
judging.intervals(lead, "yours - pixels in points, small network on both", zero=True)

# %% [markdown]
# A few points, or none: with other first weights it is another number. Most of the lead of more than
# thirty points is gone, or all of it. Which side has moved? A linear probe is trained to its end, and five
# epochs are not the end of a network, so both have twenty here. **Predict**, then look at both rows with
# both readers.

# %%
keras.utils.set_random_seed(run_seed())
networks = {"yours": frozen(copy_of("yours"), images.num_classes), "pixels": small_classifier()}
longer = {name: right_after(network, epochs=20).mean() for name, network in networks.items()}
after_5 = {"yours": apart["yours, frozen"], "pixels": apart["pixels, Adam, 0 to 1"]}
for name, twenty in longer.items():
    print(f"{name:6} linear probe {right[name].mean():.1%}, small network after 5 epochs "
          f"{after_5[name]:.1%}, after 20 {twenty:.1%}")  # fmt: skip


# %% [markdown]
# The pixels, by thirty points and more. *yours* has within a few points as much with a small network as
# with a straight line. What pixels lack for a straight line, a small network makes up for, when it has
# *all* labels and the time to learn: then it is within a few points of the straight line on *yours*.

# %% [markdown]
# ## What could go wrong: frozen, and it moves
#
# Here is a subtler form. Somebody has labels for pictures from a paler scanner, trains the
# classifier on them by hand, and gives the optimizer the six variables of the head only. No weight
# of the encoder is touched. But the step calls the classifier with `training=True`, as steps do.
# **Predict**: after fifty such calls, without any optimizer at all, is the code of an ordinary
# image still the same?

# %%
def code_after_calls(build):
    encoder = copy_of("yours")
    classifier = build(encoder, images.num_classes)
    for start in range(0, 1000, 20):
        classifier(0.5 * images.x_train[start : start + 20], training=True)  # half as bright
    return encode(encoder, x_test)


moved, still = code_after_calls(free_classifier), code_after_calls(frozen)

# %%
for kind, after in {"training=False inside": moved, "trainable = False": still}.items():
    change = np.abs(after - test["yours"]).mean() / test["yours"].std()
    seen = probes["yours"].score(standard(train["yours"], after)[1], y_test)
    print(f"{kind}: codes moved by {change:.0%} of their spread, the old probe has {seen:.1%}")

# %% [markdown]
# The `training=False` inside was overruled: in Keras 3 the flag of the outer call is passed on to
# the inner one. The running means and variances of the batch normalisation moved with every call,
# towards those of the pale pictures, and with them every code. `training=False` did not hold the
# statistics still, `encoder.trainable = False` does.

# %% [markdown]
# ## One seed, or several
#
# Your encoder has one seed: its first weights and the order of its batches. The next table is
# *recorded*: the library trained an encoder with each of the project's four settings (lesson 08) and
# five seeds, on your budget, and judged it as you have judged yours. *local* is trained by the loss
# of your encoder, with the library's critic and discriminator in place of yours, *random* is the encoder
# untrained, and *supervised* has seen all labels. Each grey mark is one seed, the dot below is their
# mean, and the blue bar is the interval of that mean. Your own run is the diamond. **Predict**: which rows change places from seed to seed, with all labels, and
# with ten?

# %%
table = recorded.read("weightings")
titles = {"linear": "all labels", "ten_labels": "ten labels a class"}
recipes = {name: {} for name in ("random", "global", "complete", "mixed", "local", "supervised")}
for column in titles:
    for case in recorded.summary(table, by=["row"], of=column).itertuples():
        each = table[table["row"] == case.row][column]
        recipes[case.row][column] = (each, case.low, case.high)

# %%
mine = {"linear": right["yours"].mean(), "ten_labels": of_ten["yours"].mean()}
told = "; ".join(f"{name} " + ", ".join(f"{100 * min(each):.0f} to {100 * max(each):.0f}"
                 for each, _, _ in row.values()) for name, row in recipes.items())  # fmt: skip
show(objectives.rows_over_seeds(recipes, titles, live=("local", mine)), f"""Test accuracies of five
seeds in percent, with all labels and with ten a class, lowest to highest: {told}.""")

# %% [markdown]
# The grey marks of some neighbouring rows overlap: with all labels those of *mixed* and both its
# neighbours, with ten those of *random* and *global*, and of *complete* and *mixed*. But which of them
# belong to the same seed, the picture does not say. Here are the rows seed by seed:

# %%
by_seed = {column: table.pivot(index="seed", columns="row", values=column) for column in titles}
for column, title in titles.items():
    print(f"{title}, percent\n{(100 * by_seed[column][list(recipes)]).round(1)}\n")

# %% [markdown]
# With all labels *random*, *global* and *supervised* have the same place in every seed. Between them
# *mixed* is ahead of *local* in one seed and behind *complete* in another. With ten labels *complete*
# passes *mixed* in one seed, and *random* passes *global* in one. (*supervised* knows all labels
# already when it is given ten.)
#
# How much is *global* worth, with all labels? Here are its paired differences to *random*, each with
# its interval:

# %%
for one in table[table["row"] == "global"].itertuples():
    print(f"seed {one.seed}: global - random {100 * one.over_random:.1f} points, "
          f"from {100 * one.low:.1f} to {100 * one.high:.1f}")

# %% [markdown]
# All five are far from 0. But seed 4 has 8.6 points and seed 0 has 17.2, and the interval of the one
# ends before that of the other begins. There is no contradiction. Such an interval is about two
# encoders, and asks what other test images would say; it knows nothing of other encoders. Only
# several seeds tell about the *method*.
#
# ## Looking at the test set
#
# The best of many runs is a tempting number to report. Here are forty classifiers, all equal but
# for the draw of their ten labels a class. We cut the test images into ten parts. On each part in
# turn we choose the best of the forty, and then look at the other nine parts.
#
# **Predict**: how much will the winner lose on images that did not choose it?

# %%
of_forty = np.array([with_few("yours", 10, seed) for seed in range(40)])  # [40, N]
originals = np.unique(groups, return_inverse=True)[1]
part = originals * 10 // (originals.max() + 1)  # all poses of an original in one part
on_part = np.array([of_forty[:, part == here].mean(axis=1) for here in range(10)])  # [10, 40]
off_part = np.array([of_forty[:, part != here].mean(axis=1) for here in range(10)])


def winner(here, some):
    """The accuracy of the best of some candidates on the part that chose it, and elsewhere."""
    best = some[on_part[here, some].argmax()]
    return on_part[here, best], off_part[here, best]


# %%
def draw_peeking(candidates):
    some = np.arange(candidates)  # the first of the forty
    return judging.choices([winner(here, some) for here in range(10)], candidates)


draw_peeking(40)

# %%
chosen, elsewhere = np.mean([winner(here, np.arange(40)) for here in range(10)], axis=0)
print(f"where it was chosen {chosen:.1%}, elsewhere {elsewhere:.1%}, all forty {of_forty.mean():.1%}")

# %% [markdown]
# The choice flatters: on average the winner has less where it was not chosen. Part of its lead over the
# forty is real, for some draws of labels are luckier, and part is luck with these images. Only images that
# had no say can tell the two apart. That is what the *validation* set is for. The test set gives one
# number, at the end.
#
# **Predict**: how does the gap depend on how many you choose from? Move the slider. It takes the
# first so many of the forty, and where a lucky one stands among them is chance. So look then at the
# means over fifty random choices of so many:

# %%
explorer(draw_peeking, candidates=(1, 40, 1, 40))


# %%
def mean_gap(candidates):
    rng = np.random.default_rng(run_seed(1))
    drawn = [rng.choice(40, candidates, replace=False) for _ in range(50)]
    return np.mean([np.subtract(*winner(here, some)) for some in drawn for here in range(10)])


gap = {n: mean_gap(n) for n in (1, 2, 5, 10, 20, 40)}
print(", ".join(f"best of {n}: {100 * points:z.1f} points" for n, points in gap.items()))

# %% [markdown]
# Who chooses from one does not choose, and there is no gap. With more it grows fast at first, and
# then ever more slowly: five looks at the test images flatter about half as much as forty, and ten
# more than half. A few looks are no small sin.

# %% [markdown]
# ## Your row in the table of the course
#
# What you have built is, on a larger budget, one command in a terminal. It makes ten rows, freezes
# them, and writes six probes, few labels and paired differences into a report under `runs/`. Add
# your file, and it is the eleventh:
#
# ```sh
# dimlearn compare --add yours=work/yours.keras
# ```
#
# It takes some minutes, and goes on where it was when it is interrupted. The next two cells give the
# same command in small: 1,000 training images, one picture of each of 540 test originals, and one
# row of the table beside yours.

# %%
small = Path(tempfile.mkdtemp())  # or a folder that stays: the report is in run/report.md
np.savez(small / "small.npz", x_train=images.x_train[:1000], y_train=images.y_train[:1000],
         x_test=x_test[:540], y_test=y_test[:540])  # fmt: skip
options = ["--data", str(small / "small.npz"), "--out", str(small / "run"), "--probe-seeds", "1"]
options += ["--rows", "pixels", "--add", f"yours={files['yours']}"]

# %%
import subprocess
import sys

command = [sys.executable, "-m", "dimlearn", "compare", *options]
done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
print(done.stdout, done.stderr if done.returncode else "")

# %% [markdown]
# The paragraph under the tables is the verdict: its "ahead" and "behind" go by paired differences, each
# with an interval. In our run *yours*
# is ahead of the pixels with a linear probe and with ten labels, and with neighbours it is behind
# them. (The run is small, and other columns may say otherwise than this lesson did on more images; the
# paragraph does not judge them.) A code is not good by itself, it is good *for* something: lesson 05 says
# what whitening changes here.
#
# And your three questions from the beginning? In this lesson it mattered whether the encoder was
# frozen, what the same encoder does untrained, whether all rows had the same budget and scale, how
# many draws and seeds stand behind a number, what its interval is about, and what chose the number
# that was reported. Compare them with yours.
#
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. A table says: Deep InfoMax 96 %, small network on pixels 90 %. Which row is missed most?
#
# <details><summary>A larger network on pixels.</summary>It would tell whether 90 % is a weak
# baseline, which is worth knowing. It does not tell what the *training* of the encoder
# gave.</details>
# <details><summary>The same encoder with random weights, treated alike.</summary>Right. It differs
# from the first row in nothing but the training by Deep InfoMax.</details>
# <details><summary>None: six points are more than the interval.</summary>The interval tells that
# the difference is not luck with the test images. It does not tell where it comes from.</details>
#
# #### 2. Which of these keeps batch normalisation from moving in Keras 3?
#
# <details><summary>`encoder(images, training=False)` inside the classifier.</summary>It is
# overruled when the classifier is called with `training=True`: you saw the codes move.</details>
# <details><summary>Giving the optimizer only the head's variables.</summary>The running statistics
# are moved by the forward pass, not by an optimizer.</details>
# <details><summary>`encoder.trainable = False`.</summary>Right: in Keras it also switches batch
# normalisation to its running statistics, and keeps these as they are.</details>
#
# #### 3. You tried forty settings and report the one with the best test accuracy. What is wrong?
#
# <details><summary>Nothing, if the test images were not trained on.</summary>They were chosen by.
# The winner is partly the one that these images happen to favour, as in the picture with the ten
# parts.</details>
# <details><summary>The number is too high; choose on validation images.</summary>Right, and report
# the one test number of what they chose.</details>
# <details><summary>Forty are too few to find the best setting.</summary>With more candidates the
# choice flatters no less. What is missing are images that had no say.</details>
#
# #### 4. 71 % and 73 %, one seed each, paired interval 0.5 to 3.5 points. Which method is better?
#
# <details><summary>The second: the interval does not reach 0.</summary>The second *encoder* is
# better with this probe. The interval knows nothing of seeds, and another one may turn the order
# round.</details>
# <details><summary>It cannot be said from this.</summary>Right. Train both with several seeds, and
# compare them on the same test images.</details>
# <details><summary>Neither: the intervals of 71 % and 73 % overlap.</summary>That says nothing. The
# two rows share their images, and only the interval of their difference counts.</details>
#
# ## In this lesson we saw
#
# - a **probe** on a **frozen** encoder, and the controls that give its number a meaning: pixels,
#   principal components, the same encoder untrained, and one trained with labels;
# - that an encoder which is not frozen hides most of what it had learnt: the labels train it, too;
# - that a fixed penalty is a choice, and that validation images are there to make it;
# - **paired differences** for the choice of test images, several draws and seeds for the rest, and
#   a test set that chooses nothing.
#
# **Next**: lesson 10 looks inside the code and takes up the puzzle of lesson 00: if it cannot know
# more than the image, why is it of more use?

# %%
check.progress()
