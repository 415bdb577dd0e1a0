// The judge on small documents: what is quoted, leads, lists, who speaks, who is called what.
#include <string>

#include <gtest/gtest.h>

#include "judging/judging.h"

namespace counsel::judging {
namespace {

TEST(Judge, NamesWhatDiffersAndQuotesWholeSentencesAtTheirPlace) {
  const std::string source =
      "LEASE\n\n4. ALTERATIONS\n\n4.3 The Tenant must not make structural alterations without consent.\n";
  const Sources sources({{"lease.txt", "", source}});
  const Verdict adds = sources.Judge("The Tenant must not make structural alterations.");
  EXPECT_EQ(adds.grade, Grade::kUnsupported);
  EXPECT_EQ(adds.reason, "the source adds: 'consent'");
  const Verdict verdict = sources.Judge("The Tenant must not carry out structural alterations without consent.");
  EXPECT_EQ(verdict.grade, Grade::kSupported) << verdict.reason;
  EXPECT_TRUE(verdict.differences.empty());
  EXPECT_EQ(source.substr(verdict.start, verdict.end - verdict.start),
            "The Tenant must not make structural alterations without consent.");
}

TEST(Judge, LeadsAreClaimsOfTheirOwn) {
  const std::string source =
      "4.6 The Tenant must permit the Landlord to enter.\n\n9.1 A notice given by e-mail is not valid.";
  const Sources sources({{"lease.txt", "", source}});
  const auto grade = [&](const char* sentence) { return sources.Judge(sentence).grade; };
  EXPECT_EQ(grade("Under clause 9.1, a notice given by e-mail is not valid."), Grade::kSupported);
  EXPECT_EQ(grade("Under clause 8.1, a notice given by e-mail is not valid."), Grade::kUnsupported);
  EXPECT_EQ(grade("No, a notice given by e-mail is not valid."), Grade::kSupported);
  EXPECT_EQ(grade("Yes, a notice given by e-mail is not valid."), Grade::kUnsupported);
  EXPECT_EQ(grade("According to the lease, a notice given by e-mail is not valid."), Grade::kSupported);
  EXPECT_EQ(grade("lease.txt, 9. Notices: A notice given by e-mail is not valid."), Grade::kSupported);
  EXPECT_EQ(grade("lease.txt, 9. Notices: A notice given by e-mail is valid."), Grade::kUnsupported);
  EXPECT_EQ(grade("According to the will, a notice given by e-mail is not valid."), Grade::kUnsupported);
}

TEST(Judge, AListIsReadWithItsLeadInAndAConditionAtItsEndHoldsForAll) {
  const std::string source =
      "You may:\n(a) copy the work;\n(b) sell the work.\n\nYou must not:\n(a) burn the work;\n(b) print the work; "
      "unless we agree.";
  const Sources sources({{"licence", "", source}});
  EXPECT_EQ(sources.Judge("You may sell the work.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("You may print the work.").grade, Grade::kUnsupported);
  EXPECT_EQ(sources.Judge("You must not burn the work.").grade, Grade::kUnsupported);
}

TEST(Judge, WhoSaysIIsTheWitness) {
  const std::string source =
      "WITNESS STATEMENT OF DERMOT ASHWICK\n\nI am not related to the Claimant. I told Mr Cole that the roof was "
      "old.\n";
  const Sources sources({{"statement.txt", "", source}});
  EXPECT_EQ(sources.Judge("Mr Ashwick is not related to the Claimant.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The witness is not related to the Claimant.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("He is not related to the Claimant.").grade, Grade::kNear);
  EXPECT_EQ(sources.Judge("Mr Cole told Mr Ashwick that the roof was old.").grade, Grade::kUnsupported);
}

TEST(Judge, ASentenceOfTwoStatementsIsJudgedPartByPart) {
  const std::string source = "The rent is \u00a3900. The cat is black and old. The deposit is \u00a3500.";
  const Sources sources({{"lease.txt", "", source}});
  EXPECT_EQ(sources.Judge("The rent is \u00a3900 and the deposit is \u00a3500.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The rent is \u00a3500 and the deposit is \u00a3900.").grade, Grade::kUnsupported);
}

TEST(Judge, AListOfEventsAndThePartiesOfAnAgreement) {
  const std::string source =
      "This agreement is made between:\n\n(1) Ann Lee of 9 Weir Bank (the \"Founder\"); and\n\n(2) Ben Roe (the "
      "\"Investor\").\n\nEach of the following is an Event of Default:\n\n(a) the Founder dies; or\n\n(b) the Investor "
      "is "
      "wound up.\n";
  const Sources sources({{"agreement.txt", "", source}});
  EXPECT_EQ(sources.Judge("The Founder is Ann Lee.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The Investor is Ann Lee.").grade, Grade::kUnsupported);
  EXPECT_EQ(sources.Judge("It is an Event of Default if the Investor is wound up.").grade, Grade::kSupported);
}

TEST(Judge, CovenantsWithoutASubjectAreDuties) {
  const std::string source =
      "TENANT'S COVENANTS\n\nThe Tenant covenants with the Landlord as follows.\n\n1.1 To pay the Rent without "
      "set-off.\n\n1.2 "
      "Not to keep bees in the garden.\n\n1.3 At the end of the Term to give up the Premises, and to remove every "
      "sign.\n";
  const Sources sources({{"lease.txt", "", source}});
  EXPECT_EQ(sources.Judge("The Tenant must pay the Rent without set-off.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The Tenant must not keep bees in the garden.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("At the end of the Term the Tenant must give up the Premises.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The Landlord must not keep bees in the garden.").grade, Grade::kUnsupported);
  EXPECT_EQ(sources.Judge("The Tenant must keep bees in the garden.").grade, Grade::kUnsupported);
}

TEST(Judge, WeAreThoseWhoWriteAndANameStandsForItsBearer) {
  const std::string policy =
      "This policy is a contract between you and Merrow Mutual Limited (\"we\", \"us\"). We will repair your boat. You "
      "must keep your boat insured with us. The premium is \u00a3200.";
  const Sources sources({{"policy.txt", "", policy}});
  EXPECT_EQ(sources.Judge("The insurer will repair your boat.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("Merrow Mutual will repair your boat.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The surveyor will repair your boat.").grade, Grade::kUnsupported);
  EXPECT_EQ(sources.Judge("You will repair the boat of the insurer.").grade, Grade::kUnsupported);
  const std::string will =
      "1. I leave my horse to my sister Agnes Venn.\n\n2. My sister may not sell the horse.\n\n3. My brother Tobias "
      "Venn "
      "shall feed the horse.\n";
  const Sources testament({{"will.txt", "", will}});
  EXPECT_EQ(testament.Judge("Agnes Venn may not sell the horse.").grade, Grade::kSupported);
  EXPECT_EQ(testament.Judge("Tobias Venn may not sell the horse.").grade, Grade::kUnsupported);
}

TEST(Judge, ATribunalSaysWeAndTheApplicantHasAName) {
  const std::string decision =
      "Applicant: Mrs Jocasta Vail\n\nRespondent: Birkenshaw Management Limited\n\nWe are satisfied that the work was "
      "urgent. We allow the fees. Mrs Vail challenged the judgment.\n";
  const Sources sources({{"decision.txt", "", decision}});
  EXPECT_EQ(sources.Judge("The tribunal is satisfied that the work was urgent.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The Applicant challenged the judgment.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The Respondent challenged the judgment.").grade, Grade::kUnsupported);
  EXPECT_EQ(sources.Judge("The applicant is Mrs Jocasta Vail.").grade, Grade::kSupported);
}

TEST(Judge, WhatIsOrderedStandsAlone) {
  const std::string source =
      "IT IS ORDERED THAT:\n\n1. The claim against the Second Defendant is stayed for three months.\n\n2. The Claimant "
      "shall file a bundle.\n";
  const Sources sources({{"order.txt", "", source}});
  EXPECT_EQ(sources.Judge("The claim against the Second Defendant is stayed for three months.").grade,
            Grade::kSupported);
  EXPECT_EQ(sources.Judge("The Claimant must file a bundle.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The claim against the First Defendant is stayed for three months.").grade,
            Grade::kUnsupported);
}

TEST(Judge, DutiesUnderATitleAreThoseOfTheOneWhoAgrees) {
  const std::string source =
      "1. The Tenant agrees\n\n1.1 To pay the rent on time.\n\n1.2 Not to keep a pet.\n\n2. The Landlord "
      "agrees\n\n2.1 To insure the building against fire.\n";
  const Sources sources({{"tenancy.txt", "", source}});
  EXPECT_EQ(sources.Judge("The Tenant must pay the rent on time.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The Tenant must not keep a pet.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The Landlord must insure the building against fire.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The Tenant must insure the building against fire.").grade, Grade::kUnsupported);
  EXPECT_EQ(sources.Judge("The Landlord must pay the rent on time.").grade, Grade::kUnsupported);
}

TEST(Judge, ARoleWordIsThePartyThatHasTheRole) {
  const std::string source =
      "This agreement is between Kelso Ltd (\u201cKelso\u201d) and Brandt Ltd (the \u201cVendor\u201d). Kelso may "
      "disclose "
      "information to the Vendor. All information is provided by Kelso. The Vendor shall not copy the plans. Kelso may "
      "inspect the shop.";
  const Sources sources({{"nda.txt", "", source}});
  EXPECT_EQ(sources.Judge("The recipient must not copy the plans.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The disclosing party may inspect the shop.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The disclosing party must not copy the plans.").grade, Grade::kUnsupported);
  EXPECT_EQ(sources.Judge("The recipient may inspect the shop.").grade, Grade::kUnsupported);
  // Both disclose: neither is the recipient.
  const std::string mutual = source + " The Vendor may disclose information to Kelso.";
  EXPECT_EQ(Sources({{"nda.txt", "", mutual}}).Judge("The recipient must not copy the plans.").grade,
            Grade::kUnsupported);
  const std::string defined =
      "Company (\u201cDisclosing Party\u201d) will release plans to the Counterparty. The Disclosing Party may inspect "
      "the "
      "shop.";
  EXPECT_EQ(Sources({{"nda.txt", "", defined}}).Judge("The Company may inspect the shop.").grade, Grade::kSupported);
}

TEST(Judge, AnAgreementIsDatedAsItsLineSaysAndItsPartiesAreWhoTheyAre) {
  const std::string source =
      "Date: 14 May 2026\n\nParties\n\n(1) Tarn & Holloway Limited, whose office is at 3 Kiln Row, Selby (the "
      "\"Builder\"); and\n\n(2) Ann Lee of 9 Weir Bank (the \"Owner\").\n\nThe Builder must mend the roof. This "
      "agreement is final.\n";
  const Sources sources({{"agreement.txt", "", source}});
  EXPECT_EQ(sources.Judge("The agreement is dated 14 May 2026.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("The agreement is dated 15 May 2026.").grade, Grade::kUnsupported);
  EXPECT_EQ(sources.Judge("Tarn & Holloway must mend the roof.").grade, Grade::kSupported);
  EXPECT_EQ(sources.Judge("Ann Lee must mend the roof.").grade, Grade::kUnsupported);
}

TEST(Judge, KnowsEnglishOnlyAndSaysSo) {
  const std::string source = "Der Mieter muss die Miete zahlen und das Haus pflegen. The Tenant must pay the rent.";
  const Sources sources({{"Vertrag", "", source}});
  const Verdict german = sources.Judge("Der Mieter muss die Miete zahlen und das Haus pflegen.");
  EXPECT_EQ(german.grade, Grade::kUnsupported);
  EXPECT_NE(german.reason.find("not in English"), std::string::npos);
  EXPECT_NE(
      sources.Judge("Le locataire doit payer le loyer et les charges dans le mois.").reason.find("not in English"),
      std::string::npos);
  EXPECT_EQ(sources.Judge("The Tenant must pay the rent.").grade, Grade::kSupported);
}

TEST(Judge, WhatIsTooShortOrTooLongIsNotJudged) {
  const std::string source = "The Tenant must pay the rent.";
  const Sources sources({{"lease", "", source}});
  EXPECT_EQ(sources.Judge("Rent.").reason, "it is too short to be checked");
  std::string much;
  for (int i = 0; i < 200; ++i) much += "the tenant pays rent ";
  EXPECT_NE(sources.Judge(much).reason.find("too long"), std::string::npos);
  EXPECT_EQ(sources.Judge("").grade, Grade::kUnsupported);
  EXPECT_EQ(Sources({}).Judge("The Tenant must pay the rent.").reason, "no passage has its words");
}

}  // namespace
}  // namespace counsel::judging
