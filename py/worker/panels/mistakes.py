"""Where the network in use is wrong on the 10,000 test images, as the page shows it."""

import math

from kobai.analysis import calibration, metrics
from protocol import called_by_page

from worker.answers import shown

NEAR = 0.025  # "about 95 %" is 92.5 % to 97.5 %
LEAST_SURE = 20  # percent: the first that the page may ask about


def start(session):
    """The objects whose marked functions the page may call."""
    return [Mistakes(session)]


class Mistakes:
    """Calls of the panel of mistakes."""

    def __init__(self, session):
        self.session = session

    @called_by_page
    async def mistakes(self):
        """The confusion matrix, precision and recall, calibration of the network in use as it is now."""
        networks, labels = self.session.networks, self.session.t_test
        key, about = networks.current, dict(networks.about(networks.current))
        self.probabilities = await networks.answers(key)
        matrix = metrics.confusion_matrix(self.probabilities, labels)
        return {
            "network": key,
            "about": about,
            "matrix": matrix.tolist(),  # rows are labels, columns are answers
            "most_frequent": metrics.most_frequent_confusion(matrix),
            "recall": _numbers(metrics.recall(matrix)),
            "precision": _numbers(metrics.precision(matrix)),
            "f1": _numbers(metrics.f1_score(matrix)),
            "calibration": _calibration(self.probabilities, labels),
        }

    @called_by_page
    def mistaken_images(self, label, answer, start, count):
        """Some of the images that were answered wrong then, most sure first: see analysis.mistakes."""
        indices = metrics.mistakes(self.probabilities, self.session.t_test, label, answer)
        page = self.session.page_of(indices, start, count)
        for image in page["items"]:
            image["probabilities"] = shown(self.probabilities[image["index"]])
        return page


def _calibration(probabilities, labels):
    answer, sure = metrics.answers(probabilities)
    right = answer == labels
    surplus, deviations = calibration.surplus_of_confidence(sure, right)
    curve = calibration.reliability_curve(sure, right)
    near = [
        calibration.answers_between(sure, right, percent / 100 - NEAR, percent / 100 + NEAR)
        for percent in range(LEAST_SURE, 101)
    ]
    return {
        "curve": [_bin(one) for one in curve],
        "near": {"first": LEAST_SURE, "bins": [_bin(one) for one in near]},
        "error": calibration.expected_calibration_error(curve),
        "sure": float(sure.mean()),
        "right": float(right.mean()),
        "surplus": surplus,
        "chance": abs(deviations) <= calibration.Z95,
    }


def _bin(one):
    return {
        "above": one.above,
        "up_to": min(one.up_to, 1.0),
        "count": one.count,
        "sure": _number(one.sure),
        "right": _number(one.share_right),
        "low": one.low,
        "high": one.high,
    }


def _numbers(values):
    return [_number(float(value)) for value in values]


def _number(value):
    """None for NaN, which JSON does not have."""
    return None if math.isnan(value) else value
