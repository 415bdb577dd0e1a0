#!/usr/bin/env python3
"""Fits the constants of `relevance` (models/catalogue.toml, [.relevance] of an embedder) to the odd lines of
questions.jsonl; the even lines are only measured.

    bench/calibration/measure.py --save hits.json
    bench/calibration/fit.py hits.json

relevance = 1 / (1 + exp(-(bias + cosine * w_cosine + coverage * w_coverage))), a logistic regression with a weak penalty.
Which of a question's hits is its best depends on the weights: fitting and choosing alternate until nothing changes.
"""
import json
import math
import pathlib
import sys

import measure

PENALTY = 0.01  # on the weights, not the bias: keeps them finite where the halves separate completely
ROUNDS = 20


def solve(matrix, right):
    """Gauss with pivots; small and dense."""
    rows = [list(line) + [value] for line, value in zip(matrix, right)]
    size = len(rows)
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(size):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [rows[i][size] / rows[i][i] for i in range(size)]


def regress(points, labels):
    """Newton's method; points begin with 1."""
    size = len(points[0])
    weights = [0.0] * size
    for _ in range(100):
        gradient = [0.0] + [PENALTY * w for w in weights[1:]]
        hessian = [[(PENALTY if i == j and i else 0.0) for j in range(size)] for i in range(size)]
        for point, label in zip(points, labels):
            p = 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, point))))
            for i in range(size):
                gradient[i] += (p - label) * point[i]
                for j in range(size):
                    hessian[i][j] += p * (1 - p) * point[i] * point[j]
        step = solve(hessian, gradient)
        weights = [w - s for w, s in zip(weights, step)]
        if max(abs(s) for s in step) < 1e-9:
            break
    return weights


def features(hit, names):
    return [1.0] + [hit["why"][name] for name in names]


def fit(questions, names):
    fitted = [q for q in questions if not q["held_out"] and q["hits"]]
    labels = [1.0 if q["answerable"] else 0.0 for q in fitted]
    best = [q["hits"][0] for q in fitted]
    weights = []
    for _ in range(ROUNDS):
        weights = regress([features(hit, names) for hit in best], labels)
        logit = lambda hit: sum(w * x for w, x in zip(weights, features(hit, names)))
        chosen = [max(q["hits"], key=logit) for q in fitted]
        if chosen == best:
            break
        best = chosen
    return weights


def report(questions, names):
    weights = fit(questions, names)

    def score(question):
        logits = [sum(w * x for w, x in zip(weights, features(hit, names))) for hit in question["hits"]]
        return max((1 / (1 + math.exp(-logit)) for logit in logits), default=0.0)

    print("bias = %.2f" % weights[0], *("%s = %.2f" % pair for pair in zip(names, weights[1:])), sep=", ")
    measure.table(questions, score)


def main():
    questions = json.loads(pathlib.Path(sys.argv[1]).read_text())
    report(questions, ["cosine", "coverage"])
    print("\nEach alone (the second serves when there is no vector: kByCoverageAlone in src/search/search.cc)")
    report(questions, ["cosine"])
    report(questions, ["coverage"])


if __name__ == "__main__":
    main()
