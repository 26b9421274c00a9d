"""The spam filter as arithmetic: what is evidence, what decisions teach, and that all can be taken back."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from blog.comments.spam import learning
from blog.comments.spam.evidence import Written, found_in
from blog.comments.spam.learning import ALL, LEAST_DECISIONS, NOTHING, Known, Lesson, Sorted
from tests.comments.spam.decisions import Decision, decisions

Sums = dict[int, Known]
texts = st.text(max_size=300)
written = st.builds(Written, text=texts, name=texts, email=texts, website=texts)


def known(sums: Sums, evidence: Sorted) -> Sums:
    return {bucket: sums[bucket] for bucket in (ALL, *evidence) if bucket in sums}


def count(sums: Sums, evidence: Sorted, lesson: Lesson, times: int = 1) -> None:
    for bucket in (ALL, *evidence):
        sums[bucket] = sums.get(bucket, NOTHING).plus(lesson.adds(), times)
        if sums[bucket] == NOTHING:
            del sums[bucket]


def teach(sums: Sums, decision: Decision) -> tuple[Sorted, Lesson]:
    evidence = learning.sort(found_in(decision.comment))
    lesson = learning.lesson(evidence, known(sums, evidence), decision.is_spam)
    count(sums, evidence, lesson)
    return evidence, lesson


def trained(number: int, seed: int = 1) -> Sums:
    sums: Sums = {}
    for decision in decisions(number, seed):
        teach(sums, decision)
    return sums


def ask(sums: Sums, comment: Written) -> learning.Opinion | None:
    evidence = learning.sort(found_in(comment))
    return learning.opinion(evidence, known(sums, evidence))


class TestEvidence:
    @settings(max_examples=80)
    @given(written)
    def test_is_found_in_whatever_people_write(self, comment: Written) -> None:
        evidence = found_in(comment)
        assert list(evidence) == list(found_in(comment))
        assert all(":" in piece and 0 < loud <= 1 for piece, loud in evidence.items())

    def test_is_words_pairs_pieces_links_hosts_and_the_shape_of_names_and_addresses(self) -> None:
        comment = Written(
            "Get it FREE: https://www.Shop.example.com/cheap/pills?id=7 !!!",
            "Max99",
            "max.power99@mail.example",
            "http://shop.example.com/x",
        )
        assert set(found_in(comment)) >= {
            "word:it", "pair:get it", "piece: free", "links:1", "host:shop.example.com",
            "domain:example.com", "ending:com", "in-path:pills", "exclaims:3", "name:max99",
            "name-shape:Aa9", "mail:mail.example", "mail-shape:a.a9", "site:shop.example.com",
        }  # fmt: skip

    def test_sees_through_obfuscated_spellings(self) -> None:
        plain = {one for one in found_in(Written("subscribe")) if "piece:" in one}
        for text in ("s u b s c r i b e", "suuuubscribe", "ｓｕｂｓｃｒｉｂｅ", "SUB&#83;CRIBE"):
            assert plain <= set(found_in(Written(text))), text
        for text in ("subscrible", "5ub5cribe", "sub\u0455cribe", "subscribers"):
            assert plain & set(found_in(Written(text))), text
        for text in ("shop . com", "shop (dot) com", "shop* com", "shop .com"):
            assert "hidden:link" in found_in(Written(text)), text

    def test_is_bounded_however_long_the_comment_is_and_the_end_of_it_counts(self) -> None:
        long = " ".join(f"word{n}" for n in range(20_000))
        evidence = found_in(Written(f"{long} and now buy pills at http://shop.example"))
        assert len(evidence) < 4_000
        assert {"piece:pills", "host:shop.example", "pair:word1 word2"} <= set(evidence)

    def test_means_the_same_with_and_without_markup(self) -> None:
        assert "piece:hello" in found_in(Written("<b>hello</b><br />"))
        assert "host:shop.example" in found_in(Written('<a href="http://shop.example/">hello</a>'))
        assert "host:shop.example" in found_in(Written("[hello](http://shop.example/)"))


class TestOpinion:
    def test_tells_spam_from_the_rest_after_fifty_decisions(self) -> None:
        sums = trained(LEAST_DECISIONS)
        for decision in decisions(60, seed=2):
            opinion = ask(sums, decision.comment)
            assert opinion
            assert (opinion.score > 0.5) is decision.is_spam, decision
            weights = [abs(reason.weight) for reason in opinion.reasons()]
            assert all(one >= two for one, two in pairwise(weights))

    def test_says_what_it_was_that_told(self) -> None:
        opinion = ask(trained(100), Written("Fast loans, click here"))
        assert opinion
        told = {reason.evidence: reason.weight for reason in opinion.reasons()}
        assert told["pair:fast loans"] > 0

    def test_is_kept_back_before_that_and_while_one_kind_is_unknown(self) -> None:
        spam = decisions(1, seed=2)[0].comment
        assert ask(trained(LEAST_DECISIONS - 1), spam) is None
        assert ask(trained(LEAST_DECISIONS), spam) is not None
        only: Sums = {}
        for decision in decisions(200):
            if decision.is_spam:
                teach(only, decision)
        assert ask(only, spam) is None

    def test_is_none_about_what_was_never_seen(self) -> None:
        sums = trained(100)
        everywhere = set(learning.sort(found_in(Written("")))) | {ALL}
        nothing = learning.sort(found_in(Written("Ὦ ξεῖν’")))
        unseen = {
            bucket: it for bucket, it in nothing.items() if bucket not in everywhere | set(sums)
        }
        assert learning.opinion(unseen, known(sums, unseen)) is None
        assert learning.weigh({}, {}) == (0.5, ())

    @settings(max_examples=60)
    @given(written)
    def test_is_between_0_and_1_and_always_the_same(self, comment: Written) -> None:
        opinion = ask(TRAINED, comment)
        assert opinion is None or 0 <= opinion.score <= 1
        assert ask(TRAINED, comment) == opinion


class TestUnlearning:
    @settings(max_examples=40)
    @given(st.lists(st.tuples(written, st.booleans()), max_size=8), st.randoms())
    def test_takes_back_exactly_what_was_learnt_in_whatever_order(
        self, decided: list[tuple[Written, bool]], dice: random.Random
    ) -> None:
        sums = dict(TRAINED)
        lessons = [teach(sums, Decision(*one)) for one in decided]
        dice.shuffle(lessons)
        for evidence, lesson in lessons:
            count(sums, evidence, lesson, times=-1)
        assert sums == TRAINED

    def test_leaves_what_the_others_taught(self) -> None:
        first, second = decisions(2)
        sums: Sums = {}
        evidence, lesson = teach(sums, first)
        after_first = dict(sums)
        other_evidence, other = teach(sums, second)
        count(sums, evidence, lesson, times=-1)
        count(sums, other_evidence, other, times=-1)
        assert sums == {}
        assert after_first[ALL].spam + after_first[ALL].ham == 1

    def test_what_was_known_already_teaches_little(self) -> None:
        decision = decisions(1, seed=2)[0]
        evidence = learning.sort(found_in(decision.comment))
        news = learning.lesson(evidence, {}, decision.is_spam).surprise
        known_well = known(TRAINED, evidence)
        again = learning.lesson(evidence, known_well, decision.is_spam).surprise
        contradiction = learning.lesson(evidence, known_well, not decision.is_spam).surprise
        assert (news, again + contradiction) == (50, 100)
        assert again < 10


TRAINED = trained(120)
