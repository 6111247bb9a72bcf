"""The rule behind every figure of progress: the quick sum of bare dossiers is the sum of each."""

from digitizer.planning.ledger import add, bare, contribution
from scripts.ministry import dossiers


def test_dossiers_without_documents_add_what_each_of_them_adds():
    some = list(dossiers(400, seed=5))
    one_by_one = contribution(some[0], (), "")
    for each in some[1:]:
        add(one_by_one, contribution(each, (), ""))
    assert bare(some) == one_by_one
