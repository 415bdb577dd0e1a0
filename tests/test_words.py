"""Words of legal texts: what is invisible, joined, grouped or spelt otherwise is found, in a home of today and an earlier one."""

import pytest


TEXTS = {
    "ligature.txt": "The certi\ufb01cate of inspection is kept by the agent.",
    "soft.txt": "Each con\u00adfidential letter, and the indem\u00adnification, stays secret.",
    "amounts.txt": "The premium is £64,250 and the deposit is £9,000.00.",
    "number.txt": "The company is registered with number 00445790.",
    "month.txt": "The meter was read on 3 May 2023.",
    "testament.txt": "Ada Byron left her piano to the library in her will.",
}


@pytest.fixture
def daemon_with_texts(daemon, tmp_path):
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
        assert daemon.add(tmp_path / name)["state"] == "ready"
    return daemon


@pytest.mark.parametrize("query, name", [
    ("certificate", "ligature.txt"), ("confidential", "soft.txt"), ("indemnification", "soft.txt"),
    ("64250", "amounts.txt"), ("£ 9000", "amounts.txt"), ("445790", "number.txt"), ("2023-05-03", "month.txt"),
    ("the will", "testament.txt"), ("in May", "month.txt"),
])
def test_a_word_is_found_however_it_is_written(daemon_with_texts, query, name):
    hit = daemon_with_texts.post("/api/search", {"query": query}).json["hits"][0]
    assert hit["name"] == name and hit["why"]["keyword_rank"] == 1, hit
    assert hit["quote"] == TEXTS[name]


def test_one_word_in_quotation_marks_is_meant_exactly(daemon_with_texts):
    daemon = daemon_with_texts
    for query, names in (('"deposit"', ["amounts.txt"]), ('the "64250" agent', ["amounts.txt"]), ('"kept" agent', ["ligature.txt"])):
        hits = daemon.post("/api/search", {"query": query, "min_relevance": 0, "limit": 30}).json["hits"]
        assert [hit["name"] for hit in hits] == names, query
    assert len(daemon.post("/api/search", {"query": "kept agent", "min_relevance": 0, "limit": 30}).json["hits"]) > 1


def test_a_search_that_asks_for_nothing_says_what_to_do(daemon_with_texts):
    daemon = daemon_with_texts
    for query, step in (("-deposit", 'rent -"deposit"'), ('-"side letter" -draft', 'rent -"side letter"'), ('""', "notice to quit"),
                        ('" "', "notice to quit")):
        refused = daemon.post("/api/search", {"query": query})
        assert refused.status == 400 and step in refused.json["error"]["next_step"], (query, refused.body)
    typed = daemon.cli("search", "rent", "-deposit")
    assert typed.returncode == 2 and "counsel search -- rent -deposit" in typed.stderr, typed
    assert daemon.cli("search", "--", "rent", "-deposit").returncode == 0
