#include "answers/register_disagreement.h"

#include <gtest/gtest.h>

namespace counsel::answers {
namespace {

using companies_house::Dossier;
using companies_house::Officer;

Officer MakeOfficer(std::string name, std::string role, std::string from, std::string until = "") {
  Officer officer;
  officer.name = std::move(name);
  officer.role = std::move(role);
  officer.appointed_on = std::move(from);
  officer.resigned_on = std::move(until);
  return officer;
}

Dossier Acme() {
  Dossier dossier;
  dossier.profile.number = "01234567";
  dossier.profile.name = "ACME WIDGETS & SONS LIMITED";
  dossier.profile.status = "active";
  dossier.profile.registered_office.lines = {"12", "Mill Lane", "Leeds", "LS1 4AP", "United Kingdom"};
  companies_house::FormerName former;
  former.name = "ACME BICYCLES LIMITED";
  former.until = "1999-05-04";
  dossier.profile.former_names.push_back(former);
  dossier.officers.items = {
      MakeOfficer("SMITH, John Andrew", "director", "2010-01-05"),
      MakeOfficer("VAN DER BERG, Anna", "director", "2012-03-01"),
      MakeOfficer("MÜLLER-LÜDENSCHEIDT, Jürgen", "director", "2014-03-01"),
      MakeOfficer("O'NEILL, Siobhán", "secretary", "2015-06-30"),
      MakeOfficer("HARCOURT SECRETARIES LIMITED", "corporate-secretary", "2015-03-02"),
      MakeOfficer("PATEL, Peter", "director", "2003-02-01", "2021-07-01"),
  };
  dossier.officers.total = 6;
  return dossier;
}

Dossier Partnership() {
  Dossier dossier;
  dossier.profile.number = "OC300001";
  dossier.profile.name = "HARCOURT PELL LLP";
  dossier.profile.registered_office.lines = {"1 Temple Row", "York", "YO1 9WT"};
  dossier.officers.items = {MakeOfficer("THOMAS, Rhys", "llp-designated-member", "2004-01-01"),
                            MakeOfficer("NG, Li", "llp-member", "2004-01-01", "2022-02-03")};
  dossier.officers.total = 2;
  return dossier;
}

std::vector<Disagreement> Find(const Dossier& dossier, std::string_view text) {
  const companies_house::EntryText entry = companies_house::RenderEntry(dossier);
  std::vector<Disagreement> found = FindDisagreements(dossier, entry, text);
  for (const Disagreement& one : found) {
    EXPECT_LT(one.start, one.end);
    EXPECT_LE(one.end, text.size());
    EXPECT_LT(one.register_fact, entry.facts.size());
  }
  return found;
}

std::string Told(const std::vector<Disagreement>& found) {
  std::string told;
  for (const Disagreement& one : found) {
    told += std::string(DisputedFactName(one.fact)) + (one.former_name ? " (former)" : "") + ": " + one.document_says +
            " / " + one.register_says + "\n";
  }
  return told;
}

// ---- what agrees, however it is written ----

class Agreeing : public testing::TestWithParam<const char*> {};
TEST_P(Agreeing, GivesNoAlarm) {
  const std::vector<Disagreement> found = Find(Acme(), GetParam());
  EXPECT_TRUE(found.empty()) << GetParam() << "\n" << Told(found);
}
// The same name, all else different: what is silent of Acme must have been read, not missed.
Dossier Changed() {
  Dossier dossier = Acme();
  dossier.profile.number = "09999999";
  dossier.profile.registered_office.lines = {"88", "High Street", "Derby", "DE1 2QR"};
  dossier.officers.items = {MakeOfficer("OKAFOR, Amelia", "director", "2020-01-05")};
  dossier.officers.total = 1;
  return dossier;
}

class ReadAndAgreeing : public testing::TestWithParam<const char*> {};
TEST_P(ReadAndAgreeing, GivesNoAlarmButOfAChangedRegister) {
  const std::vector<Disagreement> found = Find(Acme(), GetParam());
  EXPECT_TRUE(found.empty()) << GetParam() << "\n" << Told(found);
  EXPECT_FALSE(Find(Changed(), GetParam()).empty()) << GetParam();
}
INSTANTIATE_TEST_SUITE_P(
    Spellings, ReadAndAgreeing,
    testing::Values(
        "(1) ACME WIDGETS & SONS LIMITED, incorporated in England and Wales with company number 01234567, whose "
        "registered office is at 12 Mill Lane, Leeds LS1 4AP (the \"Tenant\"); and",
        "Acme Widgets and Sons Ltd (company number 1234567) of 3 Other Road, Leeds",
        "Acme Widgets and Sons Ltd. (Co. Reg. No. 01234567)",
        "Acme Widgets & Sons Ltd (registered in England and Wales under number 01234567)",
        "The registered office of Acme Widgets & Sons Ltd is 12, Mill Ln, LS14AP.",
        "Acme Widgets & Sons Limited\nRegistered office: Leeds, 12 Mill Lane, ls1 4ap\nRegistered in England No. "
        "01234567",
        "Acme Widgets & Sons Limited has its registered office at 12 Mill Lane, Leeds.",
        "Acme Widgets & Sons Limited has its registered office at Acme House, 12-14 Mill Lane, Leeds LS1 4AP.",
        "Acme Widgets & Sons Limited whose registered office is at Second Floor, 12a Mill Lane, Leeds.",
        "Acme Widgets & Sons Limited whose registered office is at Mill House, Canal Wharf, Leeds, LS1 4AP.",
        "The directors of Acme Widgets & Sons Limited are John Smith and Anna van der Berg.",
        "Signed by Mr J. A. Smith, a director of Acme Widgets & Sons Limited",
        "Signed by John Andrew SMITH, Director, for and on behalf of ACME WIDGETS AND SONS LIMITED",
        "Juergen Mueller-Luedenscheidt is a director of Acme Widgets & Sons.",
        "Siobhan O’Neill, company secretary of Acme Widgets & Sons Limited",
        "EXECUTED as a deed by ACME WIDGETS & SONS LIMITED acting by JOHN SMITH, a director, and ANNA VAN DER BERG, a "
        "director",
        "For and on behalf of ACME WIDGETS & SONS LIMITED\n\nSigned: ______\nName: John Smith\nTitle: Director"));

INSTANTIATE_TEST_SUITE_P(
    NotSure, Agreeing,
    testing::Values(
        // Of somebody else.
        "(1) ACME WIDGETS & SONS LIMITED and (2) BETA LIMITED (company number 07654321) whose registered office is at "
        "1 Old Street, London EC1V 9BD",
        "New Acme Widgets & Sons Limited (company number 07654321)", "Acme Widgets Limited (company number 07654321)",
        "Acme Widgets & Sons Holdings Limited, whose registered office is at 1 Old Street, London EC1V 9BD",
        "Acme Widgets & Sons Limited will notify the Tenant, whose registered office is at 1 Old Street, London EC1V "
        "9BD. "
        "The Tenant's registered office is at 1 Old Street, London EC1V 9BD.",
        "John Brown, a director of Beta Limited, wrote to Acme Widgets & Sons Limited.",
        "Acme Widgets & Sons Limited, whose holding company has the company number 07654321,",
        "Acme Widgets & Sons Limited (registered charity number 1098765, VAT registration number 987654321)",
        "Acme Widgets & Sons Limited (account no. 12345678)",
        // Of another time.
        "On 3 May 2019 the registered office of Acme Widgets & Sons Limited was changed from 1 Old Street, London EC1V "
        "9BD.",
        "Acme Widgets & Sons Limited, whose former registered office was at 1 Old Street, London EC1V 9BD,",
        "Zoe Ratcliffe resigned as a director of Acme Widgets & Sons Limited.",
        "Zoe Ratcliffe, a former director of Acme Widgets & Sons Limited,",
        "It was resolved to appoint Zoe Ratcliffe as a director of Acme Widgets & Sons Limited.",
        "This agreement is dated 3 May 2019. Signed by Peter Patel, a director of Acme Widgets & Sons Limited.",
        "This deed is dated 3 May 1990. Zoe Ratcliffe is the sole director of Acme Widgets & Sons Limited.",
        "ACME WIDGETS & SONS LIMITED (formerly known as ACME BICYCLES LIMITED) (company number 01234567)",
        "Acme Bicycles Limited changed its name to Acme Widgets & Sons Limited.",
        "Acme Bicycles Limited (company number 07654321) whose registered office is at 1 Old Street, London EC1V 9BD",
        // Not enough.
        "Acme Widgets & Sons Limited has its registered office in England.",
        "The registered office of Acme Widgets & Sons Limited shall be at such place as the board decides.",
        "Robert Smith is a director of Acme Widgets & Sons Limited.",
        "Mr Brown is a director of Acme Widgets & Sons Limited.",
        "Zoe Ratcliffe, sales director of Acme Widgets & Sons Limited",
        "Zoe Ratcliffe, director of operations of Acme Widgets & Sons Limited",
        "Anna Berg is a director of Acme Widgets & Sons Limited.",
        "Zoe Ratcliffe wrote to the directors of Acme Widgets & Sons Limited.",
        "Delivered to the registered office of Acme Widgets & Sons Limited and at 1 Old Street, London EC1V 9BD.",
        "Sent to the registered office of Acme Widgets & Sons Limited, with a copy to 1 Old Street, London EC1V 9BD.",
        "Acme Widgets & Sons Limited's bankers (Barclays, company number 01026167)",
        "Acme Widgets & Sons Limited agreed with Barclays (company number 01026167) to pay.",
        "Borrower: Acme Widgets & Sons Limited\nLender: Friends of Jo\nCompany number: 07654321",
        "Acme Widgets & Sons Limited\n12 Mill Lane, Leeds\n\nDear Sirs,\n\nWe enclose it.\n\nHarper Law\nRegistered "
        "office: 1 "
        "Old Street, London EC1V 9BD. Directors: Paul Harper, Quentin Law",
        "Thanks for the order of Acme Widgets & Sons Limited.\n\nTom\nBeta | Registered office: 1 Old Street, London "
        "EC1V 9BD "
        "| Registered in England No. 07654321 | Directors: Tom Jones",
        "Signed for and on behalf of ACME WIDGETS & SONS LIMITED\n\nSigned by Kevin Hart, Director, duly authorised on "
        "behalf "
        "of the Landlord",
        "Signed on behalf of BETA LIMITED    Signed on behalf of ACME WIDGETS & SONS LIMITED\nName: Kevin Hart\nTitle: "
        "Director\nName: John Smith\nTitle: Director",
        "Zoe Ratcliffe is a director of Acme Widgets & Sons Limited Pension Trustees.",
        "Zoe Ratcliffe, a director of Acme Widgets & Sons Limited’s parent, agreed.",
        "Zoe Ratcliffe (director designate) of Acme Widgets & Sons Limited",
        "Acme Widgets & Sons Limited t/a Zip Limited (company number 01234567)",
        "ACME WIDGETS & SONS LIMITED T/A ZIP LIMITED (company number 01234567)",
        "Acme Widgets & Sons Limited Partnership (registered number LP012345)",
        "Minutes of a meeting of Acme Widgets & Sons Limited\n\nPresent:\nKevin Hart (Director, Beta Limited)",
        "The directors of Acme Widgets & Sons Limited may refuse to register a transfer.", "No company is named here.",
        ""));

TEST(RegisterDisagreement, AWholeLeaseThatAgreesGivesNoAlarm) {
  const std::vector<Disagreement> found = Find(Acme(), R"(THIS LEASE is made the 3rd day of March 2024

BETWEEN:

(1) ACME WIDGETS & SONS LIMITED a company incorporated and registered in England and Wales with company number 01234567
whose registered office is at 12 Mill Lane, Leeds LS1 4AP ("Tenant");

(2) BETA PROPERTIES PLC incorporated and registered in England and Wales with company number 07654321 whose registered
office is at 1 Old Street, London EC1V 9BD ("Landlord"); and

(3) GAMMA (GUARANTEES) LIMITED (CRN: 09876543) whose registered office is at Gamma House, 22 Park Row, Bristol BS1 5TR.

1.1 References to the Tenant's registered office are to 5 Elsewhere Road, London N1 1AA or any other address notified.

"Group Company": in relation to Acme Widgets & Sons Limited, any subsidiary or holding company, including Acme Widgets &
Sons Holdings Limited (company number 05555555) whose registered office is at 99 New Street, York YO1 9WT.

2.1 Any notice to Acme Widgets & Sons Limited shall be delivered to its registered office or to 77 Warehouse Road, Derby
DE1 2QR marked for the attention of the Sales Director, Tom Jones.

2.2 A notice to the Landlord shall be marked for Mr Kevin Hart (Director).

EXECUTED as a deed by ACME WIDGETS & SONS LIMITED acting by a director, John Smith, in the presence of:

Witness signature: ........
Name: Harriet Vane
Address: 3 Bell Yard, London EC4A 2AA

EXECUTED as a deed by BETA PROPERTIES PLC acting by KEVIN HART, a director, and JILL BROWN, its secretary
)");
  EXPECT_TRUE(found.empty()) << Told(found);
}

TEST(RegisterDisagreement, MinutesThatSpeakOfOthersGiveNoAlarm) {
  const std::vector<Disagreement> found = Find(Acme(), R"(ACME WIDGETS & SONS LIMITED

Minutes of a meeting of the Board of Directors held at 88 High Street, Derby DE1 2QR on 3 May 2024

Present:        J Smith (Chair, Director)
                Anna van der Berg (Director)
In attendance:  Siobhan O'Neill (Company Secretary)
                Marcus Webb (Finance Director, Beta Limited)
                Zoe Ratcliffe (Sales Director)
Apologies:      Tom Jones (Director of Beta Limited)

1. It was noted that Peter Patel had resigned as a director on 1 July 2021.
2. IT WAS RESOLVED to change the registered office of the Company to 1 Old Street, London EC1V 9BD.
3. Dr Helen Marsh was proposed as an additional director of the Company.
4. The directors considered a letter from Priya Nair, director of Delta Limited, a supplier to Acme Widgets & Sons Limited.
5. The Company's subsidiary, Acme Widgets & Sons (Ireland) Limited (registered number 654321), with registered office at
4 Quay Street, Dublin, was discussed.
)");
  EXPECT_TRUE(found.empty()) << Told(found);
}

// ---- what does not ----

struct Case {
  const char* text;
  const char* told;
};

class Disagreeing : public testing::TestWithParam<Case> {};
TEST_P(Disagreeing, IsTold) {
  const std::vector<Disagreement> found = Find(Acme(), GetParam().text);
  EXPECT_EQ(Told(found), std::string(GetParam().told) + "\n") << GetParam().text;
}

constexpr const char* kOfficeOld =
    "registered_office: 1 Old Street, London EC1V 9BD / 12, Mill Lane, Leeds, LS1 4AP, United Kingdom";

INSTANTIATE_TEST_SUITE_P(
    Offices, Disagreeing,
    testing::Values(
        Case{"(1) ACME WIDGETS & SONS LIMITED (company number 01234567) whose registered office is at 1 Old Street, "
             "London EC1V 9BD (the \"Tenant\"); and",
             kOfficeOld},
        Case{"The registered office of Acme Widgets and Sons Ltd is situated at 1 Old Street, London EC1V 9BD.",
             kOfficeOld},
        Case{"ACME WIDGETS & SONS LIMITED\nRegistered office: 1 Old Street, London EC1V 9BD\nRegistered in England No. "
             "01234567",
             kOfficeOld},
        Case{"Acme Widgets & Sons Limited (formerly Acme Bicycles Limited) (company number 01234567) having its "
             "registered office at 1 Old Street, London EC1V 9BD",
             kOfficeOld},
        Case{"Acme Widgets & Sons Limited is a private limited company. Its registered office is at 1 Old Street, "
             "London "
             "EC1V 9BD.",
             kOfficeOld},
        Case{"Acme Widgets & Sons Limited’s registered office is at 1 Old Street, London EC1V 9BD.", kOfficeOld},
        Case{"Acme Widgets & Sons Limited has its registered office at 14 Mill Lane, Leeds.",
             "registered_office: 14 Mill Lane, Leeds / 12, Mill Lane, Leeds, LS1 4AP, United Kingdom"},
        Case{"Acme Widgets & Sons Limited has its registered office at 12 Mill Lane, Leeds LS1 4AB.",
             "registered_office: 12 Mill Lane, Leeds LS1 4AB / 12, Mill Lane, Leeds, LS1 4AP, United Kingdom"},
        Case{"Acme Widgets & Sons Limited, whose registered office is at 88 High Street, Derby,",
             "registered_office: 88 High Street, Derby / 12, Mill Lane, Leeds, LS1 4AP, United Kingdom"}));

INSTANTIATE_TEST_SUITE_P(
    NumbersAndNames, Disagreeing,
    testing::Values(
        Case{"ACME WIDGETS & SONS LIMITED (company number 01234568)", "number: 01234568 / 01234567"},
        Case{"Acme Widgets and Sons Ltd, a company registered in England and Wales with company registration number "
             "7654321, and",
             "number: 7654321 / 01234567"},
        Case{"Acme Widgets & Sons Limited (Company No: SC012345)", "number: SC012345 / 01234567"},
        Case{"Acme Widgets & Sons Limited (01234568)", "number: 01234568 / 01234567"},
        Case{"Yours faithfully\n\nFor Acme Widgets & Sons Limited\n\nRegistered in England and Wales No. "
             "1234568. VAT "
             "No. GB123456789",
             "number: 1234568 / 01234567"},
        Case{"1. Acme Widgets & Sons Ltd, incorporated under company registration number 1234576, the Seller",
             "number: 1234576 / 01234567"},
        Case{"Acme Widgets & Sons Limited (CRN 01234568) is the Buyer.", "number: 01234568 / 01234567"},
        Case{"ACME GADGETS LIMITED (company number 01234567) (the \"Buyer\")",
             "name: ACME GADGETS LIMITED / ACME WIDGETS & SONS LIMITED"},
        Case{"Between Acme Widgets Limited (registered number 1234567) and Beta Limited",
             "name: Acme Widgets Limited / ACME WIDGETS & SONS LIMITED"},
        Case{
            "This lease is granted to Acme Bicycles Ltd by the Landlord.",
            "name (former): Acme Bicycles Ltd / ACME WIDGETS & SONS LIMITED, until 4 May 1999 ACME BICYCLES LIMITED"}));

INSTANTIATE_TEST_SUITE_P(
    Officers, Disagreeing,
    testing::Values(
        Case{"Signed by Peter Patel, a director of Acme Widgets & Sons Limited.",
             "officers: Peter Patel, director / Peter PATEL, director until 1 July 2021"},
        Case{"This agreement is dated 3 May 2024. Signed by Peter Patel, a director of Acme Widgets & Sons Limited.",
             "officers: Peter Patel, director / Peter PATEL, director until 1 July 2021"},
        Case{"The directors of Acme Widgets & Sons Limited are John Smith, Zoe Ratcliffe and Anna van der Berg.",
             "officers: Zoe Ratcliffe, director / no director of that name"},
        Case{"Zoe Ratcliffe is the sole director of Acme Widgets & Sons.",
             "officers: Zoe Ratcliffe, director / no director of that name"},
        Case{"EXECUTED as a deed by ACME WIDGETS & SONS LIMITED acting by ZOE RATCLIFFE, a director, in the presence "
             "of: "
             "Witness: Tom Brown",
             "officers: ZOE RATCLIFFE, director / no director of that name"},
        Case{"EXECUTED as a deed by ACME WIDGETS & SONS LIMITED acting by a director, Zoe Ratcliffe",
             "officers: Zoe Ratcliffe, director / no director of that name"},
        Case{"Signed for and on behalf of Acme Widgets & Sons Limited by Zoe Ratcliffe, Director",
             "officers: Zoe Ratcliffe, director / no director of that name"},
        Case{"For and on behalf of ACME WIDGETS & SONS LIMITED\n\nSigned: ______\nName: Zoe Ratcliffe\nTitle: Director",
             "officers: Zoe Ratcliffe, director / no director of that name"},
        Case{"Minutes of a meeting of the board of directors of Acme Widgets & Sons Limited held on 3 May "
             "2024\n\nPresent:\n"
             "John Smith (Director)\nZoe Ratcliffe (Director)\nSiobhan O'Neill (Company Secretary)\n\nIn attendance: "
             "Tom "
             "Brown",
             "officers: Zoe Ratcliffe, director / no director of that name"},
        Case{"John Smith, company secretary of Acme Widgets & Sons Limited",
             "officers: John Smith, secretary / John Andrew SMITH, director since 5 January 2010"},
        Case{"ACME WIDGETS & SONS LIMITED\nRegistered office: 12 Mill Lane, Leeds\nDirectors: J. Smith, Zoe Ratcliffe",
             "officers: Zoe Ratcliffe, director / no director of that name"}));

TEST(RegisterDisagreement, OfAPartnershipItsMembersAreCompared) {
  EXPECT_EQ(Told(Find(Partnership(), "Signed by Li Ng, a member of Harcourt Pell LLP.")),
            "officers: Li Ng, member / Li NG, llp member until 3 February 2022\n");
  EXPECT_EQ(Told(Find(Partnership(), "Signed by Rhys Thomas, a designated member of Harcourt Pell LLP.")), "");
  EXPECT_EQ(Told(Find(Acme(), "Zoe Ratcliffe is a member of Acme Widgets & Sons Limited.")), "");
}

TEST(RegisterDisagreement, TheQuoteHoldsWhomItIsSaidOf) {
  const std::string text = "Parties:\n\nAcme Widgets and Sons Ltd (company number 01234568) and others.";
  const std::vector<Disagreement> found = Find(Acme(), text);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(text.substr(found[0].start, found[0].end - found[0].start),
            "Acme Widgets and Sons Ltd (company number 01234568");
}

TEST(RegisterDisagreement, WhatIsSaidTwiceIsToldOnce) {
  const std::string clause =
      "Acme Widgets & Sons Limited has its registered office at 1 Old Street, London EC1V 9BD.\n\n";
  EXPECT_EQ(Find(Acme(), clause + clause).size(), 1U);
}

TEST(RegisterDisagreement, AnUnknownPersonIsNoneWhereTheListOfOfficersIsCut) {
  Dossier dossier = Acme();
  dossier.officers.total = 7;
  EXPECT_EQ(Told(Find(dossier, "Zoe Ratcliffe is the sole director of Acme Widgets & Sons.")), "");
  EXPECT_NE(Told(Find(dossier, "Peter Patel is the sole director of Acme Widgets & Sons.")), "");
}

TEST(RegisterDisagreement, ANameWithAnotherNumberSaysNothingMoreOfTheCompany) {
  EXPECT_EQ(Told(Find(Acme(),
                      "Acme Widgets & Sons Limited (company number 09999999) whose registered office is at 1 Old "
                      "Street, London EC1V 9BD")),
            "number: 09999999 / 01234567\n");
}

}  // namespace
}  // namespace counsel::answers
