#include "understanding/understanding.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "understanding/glossary.h"
#include "understanding/name_words.h"

namespace counsel::understanding {
namespace {

DocumentRow Row(const std::string& name, const std::string& head, const std::string& tail = "") {
  DocumentRow row;
  row.id = name;
  row.name = name;
  row.words = PackRow(name, head, tail);
  return row;
}

// A small matter.
std::vector<DocumentRow> Rows() {
  return {
      Row("nda_form_motorola.txt", "NON-DISCLOSURE AGREEMENT between Motorola Solutions, Inc. and the Recipient."),
      Row("NDA_ResConnect.txt", "NON-DISCLOSURE AGREEMENT between ResConnect Oy and you, the Receiving Party."),
      Row("IBC-PMS-NDA-agreement.txt", "This Non-Disclosure Agreement is made by IBC Advanced Alloys and PMS."),
      Row("lease.pdf", "LEASE of Unit 9, Mill Lane. The Landlord: Harbour Estates Limited. The Tenant: Ada Byron."),
      Row("GPL-3", "GNU GENERAL PUBLIC LICENSE Version 3"),
      Row("Medallia_Thoma_Bravo.docx", "AGREEMENT AND PLAN OF MERGER by and among Medallia, Inc. and Project Metal."),
  };
}

std::string Meant(const std::string& question) {
  const std::vector<DocumentRow> rows = Rows();
  std::string names;
  for (const std::size_t row : Understand(question, rows).documents)
    names += (names.empty() ? "" : ", ") + rows[row].name;
  return names;
}

std::string Rest(const std::string& question) {
  return Understand(question, Rows()).question;
}

TEST(Understanding, TheDocumentThatLeadsAQuestionIsMeantAndItsNameIsNotAsked) {
  const std::string question = "Consider Motorola's Non-Disclosure Agreement; Is verbal information confidential?";
  EXPECT_EQ(Meant(question), "nda_form_motorola.txt");
  EXPECT_EQ(Rest(question), "Is verbal information confidential?");
  EXPECT_EQ(Meant("Consider the Non-Disclosure Agreement between IBC and PMS; May copies be kept?"),
            "IBC-PMS-NDA-agreement.txt");
  EXPECT_EQ(
      Meant("Consider the Merger Agreement between \"Medallia, Inc.\" and \"Project Metal\"; Where is the No-Shop?"),
      "Medallia_Thoma_Bravo.docx");
  EXPECT_EQ(Meant("According to the ResConnect NDA, who owns the data?"), "NDA_ResConnect.txt");
  EXPECT_EQ(Rest("According to the ResConnect NDA, who owns the data?"), "who owns the data?");
  EXPECT_EQ(Rest("Consider Motorola's NDA; What is the notice period under this contract?"),
            "What is the notice period under it?");
  EXPECT_EQ(Meant("Consider Motorola's NDA; Who signed the lease?"), "nda_form_motorola.txt");
  EXPECT_EQ(Meant("Motorola NDA: how long does it last?"), "nda_form_motorola.txt");
}

TEST(Understanding, TheLinesOfAQuestionStayApart) {
  EXPECT_EQ(Rest("Who handles claims under the Motorola NDA?\nWhen will they decide?"),
            "Who handles claims?\nWhen will they decide?");
}

TEST(Understanding, ADocumentInTheMiddleOfAQuestionIsMeant) {
  EXPECT_EQ(Meant("Is there a cap on liability in the Motorola agreement?"), "nda_form_motorola.txt");
  EXPECT_EQ(Rest("Is there a cap on liability in the Motorola agreement?"), "Is there a cap on liability?");
  EXPECT_EQ(Meant("Does the Motorola NDA allow copies?"), "nda_form_motorola.txt");
  EXPECT_EQ(Rest("Does the Motorola NDA allow copies?"), "Does it allow copies?");
  EXPECT_EQ(Meant("does the motorola nda allow copies?"), "nda_form_motorola.txt");
  EXPECT_EQ(Meant("What is the rent under the lease?"), "lease.pdf");
  EXPECT_EQ(Rest("What is the rent under the lease?"), "What is the rent?");
  EXPECT_EQ(Meant("What is the term of the lease?"), "lease.pdf");
  EXPECT_EQ(Rest("What is the term of the lease?"), "What is the term of the lease?");
  EXPECT_EQ(Meant("How long must an offer be valid under GPL-3?"), "GPL-3");
  EXPECT_EQ(Rest("How long must an offer be valid under GPL-3?"), "How long must an offer be valid?");
  EXPECT_EQ(Meant("What does lease.pdf say about pets?"), "lease.pdf");
  EXPECT_EQ(Meant("What does clause 17.3 of lease.pdf say?"), "lease.pdf");
  EXPECT_EQ(Rest("What does clause 17.3 of lease.pdf say?"), "What does clause 17.3 say?");
  EXPECT_EQ(Rest("What does clause 17.3 of the Motorola NDA say?"), "What does clause 17.3 say?");
  EXPECT_EQ(Meant("In lease.pdf, what does clause 17.3 say?"), "lease.pdf");
}

TEST(Understanding, ADocumentIsKnownByItsCode) {
  const std::vector<DocumentRow> rows = {Row("Invoice HP-2207.pdf", "Invoice HP-2207 Client: Northgate Joinery Ltd."),
                                         Row("second bill.pdf", "Invoice HP-2231 Client: Northgate Joinery Ltd."),
                                         Row("letter.txt", "Our ref: AW/NJ/2207. Please pay.")};
  const Understood understood = Understand("When must invoice HP-2231 be paid?", rows);
  EXPECT_EQ(understood.documents, std::vector<std::size_t>{1});
  EXPECT_EQ(understood.question, "When must it be paid?");
  EXPECT_TRUE(Understand("When must invoice HP-9999 be paid?", rows).documents.empty());
}

TEST(Understanding, TwoDocumentsMeantAreBothMeant) {
  EXPECT_EQ(Meant("Compare the term of the Motorola NDA and the ResConnect NDA"),
            "nda_form_motorola.txt, NDA_ResConnect.txt");
}

TEST(Understanding, WithoutAMarginNothingIsDecided) {
  EXPECT_EQ(Meant("Is verbal information confidential?"), "");
  EXPECT_EQ(Meant("What does the agreement say about copies?"), "");
  EXPECT_EQ(Meant("Who insures the plate glass?"), "");
  EXPECT_EQ(Meant("What is the policy on refunds?"), "");
  EXPECT_EQ(Meant("What notice must be given?"), "");
  EXPECT_EQ(Rest("Who insures the plate glass?"), "Who insures the plate glass?");
}

TEST(Understanding, ADocumentThatIsNotThereIsToldApart) {
  const Understood understood = Understand("Consider Acme's Non-Disclosure Agreement; May copies be kept?", Rows());
  EXPECT_TRUE(understood.documents.empty());
  EXPECT_EQ(understood.not_there, "Acme's Non-Disclosure Agreement");
  EXPECT_TRUE(Understand("May copies be kept?", Rows()).not_there.empty());
  EXPECT_TRUE(Understand("What does the Companies Act 2006 say in section 2?", Rows()).documents.empty());
}

TEST(Understanding, WhoWantsAllDocumentsGetsThem) {
  const Understood understood = Understand("Does the Motorola NDA allow copies in clause 7?", Rows(), false);
  EXPECT_TRUE(understood.documents.empty());
  EXPECT_EQ(understood.question, "Does the Motorola NDA allow copies in clause 7?");
  ASSERT_EQ(understood.places.size(), 1U);
}

// A row of leases, each with clauses 1 to 9.
std::vector<DocumentRow> Leases(bool named) {
  std::vector<DocumentRow> rows;
  for (const char* unit : {"7", "8", "9", "12"}) {
    std::string head = std::string("LEASE of Unit ") + unit + ", Mill Lane. The Tenant: Ada Byron of 9 High Street.";
    for (const char* clause : {"1", "2", "3", "4", "5", "6", "7", "8", "9", "12"}) {
      head += std::string("\n") + clause + ". Rent";
    }
    rows.push_back(
        Row(named ? std::string("lease-unit-") + unit + ".txt" : std::string("scan_") + unit + "0.pdf", head));
  }
  return rows;
}

TEST(Understanding, ANumberIsAWordOfANameWithWhatItNumbers) {
  for (const bool named : {true, false}) {
    const std::vector<DocumentRow> rows = Leases(named);
    const auto meant = [&rows](const std::string& question) {
      const Understood understood = Understand(question, rows);
      return understood.documents.size() == 1 ? rows[understood.documents[0]].name : "none of them, or several";
    };
    for (const char* question : {"What is the rent under the lease of Unit 9?", "What is the rent in the Unit 9 lease?",
                                 "According to the lease of unit 9, who pays?", "Who is the tenant of unit9's lease?",
                                 "Consider the lease of Unit 9; who pays the rent?"}) {
      EXPECT_EQ(meant(question), rows[2].name) << question;
    }
    EXPECT_EQ(meant("What is the rent under the lease of Unit 12?"), rows[3].name);
    EXPECT_EQ(meant("What is the rent under the lease of Unit 11?"), "none of them, or several");
    EXPECT_EQ(Understand("What is the rent under the lease of Unit 9?", rows).question, "What is the rent?");
  }
  // What is counted is no number of a name.
  EXPECT_EQ(Meant("Must a notice of 3 months be given?"), "");
}

TEST(Understanding, ADocumentIsKnownByWhatItIsOf) {
  const std::vector<DocumentRow> rows = {Row("code_of_conduct.pdf", "Everybody behaves."),
                                         Row("lease.pdf", "LEASE of the Premises")};
  EXPECT_EQ(Understand("What does the Code of Conduct say about gifts?", rows).documents, std::vector<std::size_t>{0});
  EXPECT_TRUE(Understand("When is the Notice of Termination due?", rows).documents.empty());
}

TEST(Understanding, ALongerNameIsAnotherDocument) {
  for (const char* question :
       {"What does the Motorola NDA side letter say about copies?", "Consider the Motorola NDA side letter; who pays?",
        "Is a fee due under the Motorola NDA cover letter?", "What is the date of Motorola's NDA termination deed?"}) {
    const Understood understood = Understand(question, Rows());
    EXPECT_TRUE(understood.documents.empty()) << question;
    EXPECT_NE(understood.not_there, "") << question;
  }
  std::vector<DocumentRow> rows = Rows();
  rows.push_back(Row("motorola_side_letter.txt", "SIDE LETTER to the NDA with Motorola Solutions, Inc."));
  EXPECT_EQ(Understand("What does the Motorola NDA side letter say about copies?", rows).documents,
            std::vector<std::size_t>{rows.size() - 1});
  EXPECT_EQ(Understand("What does the Motorola NDA say about copies?", rows).documents, std::vector<std::size_t>{0});
  // A clause of it is no other document.
  EXPECT_EQ(Meant("What does the Motorola NDA amendment clause say?"), "nda_form_motorola.txt");
  EXPECT_EQ(Meant("Does the Motorola NDA require notice?"), "nda_form_motorola.txt");
}

TEST(Understanding, ALetterAboutADocumentDoesNotShutItOut) {
  const std::vector<DocumentRow> rows = {
      Row("orchard.txt", "LEASE OF 7 ORCHARD ROW\n\nBetween Elm Homes Ltd and Carol Dent."),
      Row("orchard_2.txt",
          "Letter about 7 Orchard Row. The rent of 7 Orchard Row is £1,300. The term of the lease of 7 Orchard Row is "
          "three years. The deposit for 7 Orchard Row is £1,500."),
      Row("minutes.txt", "Minutes of a meeting of the directors."),
  };
  const auto documents = Understand("What is the rent under the lease of 7 Orchard Row?", rows).documents;
  EXPECT_NE(documents, std::vector<std::size_t>{1}) << "the letter alone";
}

TEST(Understanding, ANameThatIsKeptInTheQuestionIsTold) {
  EXPECT_EQ(Understand("What is the term of the lease?", Rows()).kept_names, "the lease ");
  EXPECT_EQ(Understand("What is the rent under the lease?", Rows()).kept_names, "");
}

TEST(Understanding, AQuestionThatSaysLittleWithoutTheNameKeepsIt) {
  const Understood understood = Understand("How long is the Motorola NDA?", Rows());
  EXPECT_EQ(understood.question, "How long is the Motorola NDA?");
  EXPECT_EQ(understood.documents.size(), 1U);
  EXPECT_FALSE(understood.kept_names.empty());
  EXPECT_TRUE(understood.says_little);
  EXPECT_EQ(Rest("When does the Motorola NDA begin?"), "When does it begin?");
  EXPECT_TRUE(Understand("When does the Motorola NDA begin?", Rows()).says_little);
  EXPECT_FALSE(Understand("What is the rent under the lease?", Rows()).says_little);
}

TEST(Understanding, AQuestionThatIsNothingButTheNameIsKept) {
  EXPECT_EQ(Rest("What is the Motorola NDA about?"), "What is the Motorola NDA about?");
  EXPECT_EQ(Meant("What is the Motorola NDA about?"), "nda_form_motorola.txt");
}

TEST(Glossary, WhatLawyersSayIsLookedForAsDocumentsHaveIt) {
  const auto written = [](const std::string& question) {
    std::string all;
    for (const std::string& words : WrittenFor(question)) all += words + ";";
    return all;
  };
  EXPECT_NE(written("May the tenant sublet?").find("underlet"), std::string::npos);
  EXPECT_NE(written("Is underletting allowed?").find("sublet"), std::string::npos);
  EXPECT_NE(written("Can the lease be transferred?").find("assign"), std::string::npos);
  EXPECT_NE(written("May it be assigned?").find("transfer"), std::string::npos);
  EXPECT_NE(written("When can the landlord terminate?").find("determine"), std::string::npos);
  EXPECT_NE(written("When may the lease be determined?").find("terminate"), std::string::npos);
  EXPECT_EQ(written("Who scours the ditch?"), "");
}

TEST(NameWords, NamesAreSplitWhereCapitalsAndSignsShowIt) {
  const auto words = [](const std::string& text) {
    std::string all;
    for (const NameWord& word : SplitName(text)) all += word.text + " ";
    return all;
  };
  EXPECT_EQ(words("Motorola's NDA-form_2 (Moët)"), "motorola nda form 2 moet ");
  EXPECT_EQ(words("co\xC2\xADnfidential \xEF\xAC\x81rm"), "confidential firm ");
  EXPECT_EQ(PartsOfWord("ResConnect"), (std::vector<std::string>{"res", "connect"}));
  EXPECT_EQ(PartsOfWord("lease"), std::vector<std::string>());
  EXPECT_EQ(PlainFileName("VELCO%20NDA.txt"), "VELCO NDA");
  EXPECT_EQ(PlainFileName("GPL-3"), "GPL-3");
}

// ---- places ----

std::string Asked(const std::string& question) {
  std::string all;
  for (const PlaceAsked& place : FindPlacesAsked(question)) {
    all += (all.empty() ? "" : "; ") + place.words + " = " + place.label;
    for (const std::string& inner : place.within) all += " " + inner;
  }
  return all;
}

TEST(Places, AreReadFromAQuestion) {
  EXPECT_EQ(Asked("What does clause 17.3 say?"), "clause 17.3 = 17.3");
  EXPECT_EQ(Asked("What does section 172(1)(b) require?"), "section 172(1)(b) = 172 (1) (b)");
  EXPECT_EQ(Asked("s.172(1)(b)?"), "s.172(1)(b) = 172 (1) (b)");
  EXPECT_EQ(Asked("Who signs Schedule 2?"), "Schedule 2 = 2");
  EXPECT_EQ(Asked("What is in Article IX, and Annex B?"), "Article IX = IX; Annex B = B");
  EXPECT_EQ(Asked("What does recital C say?"), "recital C = C");
  EXPECT_EQ(Asked("What is on page 12?"), "page 12 = 12");
  EXPECT_EQ(Asked("What is the definition of Business Day?"), "definition of Business Day = Business Day");
  EXPECT_EQ(Asked("What is the Definition of \"Superior Proposal\""),
            "Definition of \"Superior Proposal\" = Superior Proposal");
  EXPECT_EQ(Asked("What does “Cause” mean?"), "What does “Cause” = Cause");
  EXPECT_EQ(Asked("Is there a clause about pets?"), "");
  EXPECT_EQ(Asked("What is the rule in this section?"), "");
}

std::string Find(const std::string& question, const std::string& text) {
  const std::vector<PlaceAsked> asked = FindPlacesAsked(question);
  if (asked.empty()) return "(none asked)";
  Stored stored;
  stored.text = text;
  stored.first = true;
  stored.last = true;
  const std::optional<Held> held = FindPlace(asked[0], stored);
  return held ? text.substr(held->start, held->end - held->start) : "";
}

constexpr const char* kContract =
    "17. NOTICES\n17.1 Notices shall be in writing.\n17.3 The Supplier shall keep records for 6 years.\nThey are "
    "audited.\n"
    "17.30 Nothing here.\n18. LAW\nThe law of England applies under clause 17.3 of this deed.";

TEST(Places, AClauseIsItsLinesAndNoOther) {
  EXPECT_EQ(Find("What does clause 17.3 say?", kContract),
            "17.3 The Supplier shall keep records for 6 years.\nThey are audited.");
  EXPECT_EQ(Find("What does clause 17 say?", kContract).substr(0, 11), "17. NOTICES");
  EXPECT_EQ(Find("What does clause 18 say?", kContract),
            "18. LAW\nThe law of England applies under clause 17.3 of this deed.");
  EXPECT_EQ(Find("What does clause 17.2 say?", kContract), "");
  EXPECT_EQ(Find("What does clause 30 say?", "The notice is\n30 days from the date."), "");
  EXPECT_EQ(Find("What does Article IX say?", "ARTICLE 9 FEES\nNone."), "ARTICLE 9 FEES\nNone.");
  EXPECT_EQ(Find("What is in paragraph 47?", "[46] So.\n[47] The appeal is dismissed.\n[48] Costs."),
            "[47] The appeal is dismissed.\n[48] Costs.");
  EXPECT_EQ(
      Find(
          "What does section 172(1)(b) require?",
          "172 Duty to promote\n(1) A director must have regard to\n(a) the long term,\n(b) the employees,\n173 Other"),
      "(b) the employees,");
}

TEST(Places, ADefinitionEndsWhereTheNextBegins) {
  const std::string text =
      "1.1 In this deed:\n“Business Day” means a day other than\n(a) a Sunday; or\n(b) a holiday.\n“Cause” means "
      "theft.";
  EXPECT_EQ(Find("What is the definition of Business Day?", text),
            "“Business Day” means a day other than\n(a) a Sunday; or\n(b) a holiday.");
  EXPECT_EQ(Find("What does “Cause” mean?", text), "“Cause” means theft.");
  EXPECT_EQ(Find("What does “Cause” mean?", "The Cause is lost."), "");
  EXPECT_EQ(Find("What is the definition of \"Tenant\"", "Ada Byron (the \"Tenant\") takes it."),
            "Ada Byron (the \"Tenant\") takes it.");
}

TEST(Places, OtherKinds) {
  EXPECT_EQ(Find("What does recital C say?", "BACKGROUND\n(B) The Owner owns.\n(C) The parties agree.\n"),
            "(C) The parties agree.");
  EXPECT_EQ(Find("What is in Schedule 2?", "The fees.\nSchedule 2\nThe goods."), "Schedule 2\nThe goods.");
  EXPECT_EQ(Find("What is in Schedule 2?", "Schedule 2 applies to the goods."), "");
  EXPECT_EQ(Find("Who signed it?", "IN WITNESS WHEREOF the parties"), "IN WITNESS WHEREOF the parties");
  EXPECT_EQ(Find("Who wrote it?", "The wall leans.\n\nYours sincerely,\n\nMorwenna Jago\n"),
            "Yours sincerely,\n\nMorwenna Jago\n");
  EXPECT_EQ(Find("Who sent it?", "To: the tenants\nFrom: Anselm Brandt\nThe lift is out of use."),
            "From: Anselm Brandt");
  EXPECT_EQ(Find("Who witnessed it?", "I want no flowers.\nSigned by her in our presence:\nWinifred Pugh"),
            "Signed by her in our presence:\nWinifred Pugh");
  EXPECT_EQ(Find("Who wrote it?", "The shares were assigned."), "");
}

}  // namespace
}  // namespace counsel::understanding
