// What contracts say in their set forms, and what they do not say.
#include <string>

#include <gtest/gtest.h>

#include "judging/judging.h"

namespace counsel::judging {
namespace {

Grade Of(const std::string& source, const char* sentence) {
  return Sources({{"agreement", "", source}}).Judge(sentence).grade;
}

TEST(Contracts, AHeadingAboveASentenceIsNoPartOfIt) {
  const std::string source =
      "3. Term and Termination\nThe Tenant must leave in May.\n4.1 No Agency The parties are independent of each "
      "other.\n4.2 Costs Each party shall pay its own costs.";
  EXPECT_EQ(Of(source, "The Tenant must leave in May."), Grade::kSupported);
  EXPECT_EQ(Of(source, "The parties are independent of each other."), Grade::kSupported);
  EXPECT_EQ(Of(source, "Under clause 4.2, each party shall pay its own costs."), Grade::kSupported);
  EXPECT_EQ(Of(source, "Under clause 4.1, each party shall pay its own costs."), Grade::kUnsupported);
}

TEST(Contracts, TheNextClauseBehindAListHasNoLeadIn) {
  const std::string source =
      "11.2 The Tenant must not:\n(a) keep bees;\n(b) burn wood.\n12. Variation\nThe Landlord shall paint the walls.\n";
  EXPECT_EQ(Of(source, "The Landlord shall paint the walls."), Grade::kSupported);
  EXPECT_EQ(Of(source, "The Tenant must not burn wood."), Grade::kSupported);
}

TEST(Contracts, EachOfWhatIsEnumeratedInASentence) {
  const std::string source =
      "Confidential Information shall not include any information that (a) is public, (b) was known to the Vendor "
      "before, or (c) is developed by the Vendor by itself.";
  EXPECT_EQ(Of(source, "Confidential Information does not include information that was known to the Vendor before."),
            Grade::kSupported);
  EXPECT_EQ(
      Of(source, "Confidential Information does not include information that is developed by the Buyer by itself."),
      Grade::kUnsupported);
  EXPECT_EQ(Of(source, "Confidential Information includes information that is public."), Grade::kUnsupported);
  const std::string proviso =
      "Confidential Information shall not include any information that (a) is public, or (b) was known before, "
      "provided "
      "that the Vendor tells the Buyer of it.";
  EXPECT_EQ(Of(proviso, "Confidential Information does not include information that is public."), Grade::kUnsupported);
  const std::string conditions = "The Tenant may leave if (a) she is ill and (b) she gives notice.";
  EXPECT_EQ(Of(conditions, "The Tenant may leave if she is ill."), Grade::kUnsupported);
  EXPECT_EQ(
      Of("The Tenant may leave if (a) she is ill or (b) she gives notice.", "The Tenant may leave if she is ill."),
      Grade::kSupported);
  EXPECT_EQ(
      Of("The Vendor must (i) mark each copy and (ii) keep a list of them.", "The Vendor must keep a list of them."),
      Grade::kSupported);
  EXPECT_EQ(
      Of("The Vendor must (i) mark each copy or (ii) keep a list of them.", "The Vendor must keep a list of them."),
      Grade::kUnsupported);
}

TEST(Contracts, WhatIsExcludedIsNotConfidential) {
  const std::string source =
      "Confidential Information shall not include: (a) information which was known to the Vendor before; or (b) "
      "information which is developed by or for the Vendor independently.";
  EXPECT_EQ(Of(source,
               "Information which is developed by the Vendor independently is not covered by the duty of "
               "confidence."),
            Grade::kSupported);
  EXPECT_EQ(Of(source, "The duty of confidence does not apply to information which was known to the Vendor before."),
            Grade::kSupported);
  EXPECT_EQ(Of(source, "The duty of confidence does not apply to information which was known to the Buyer before."),
            Grade::kUnsupported);
  EXPECT_EQ(Of(source, "Information which was known to the Vendor before is confidential."), Grade::kUnsupported);
}

TEST(Contracts, InNoEventNobodyIsLiable) {
  const std::string source =
      "In no event shall either party be liable to the other for indirect or punitive damages, including, but not "
      "limited to, damages for loss of use, regardless of its negligence.";
  EXPECT_EQ(Of(source, "Neither party is liable to the other for indirect damages."), Grade::kSupported);
  EXPECT_EQ(Of(source, "In no event is either party liable to the other for punitive damages."), Grade::kSupported);
  EXPECT_EQ(Of(source, "Either party is liable to the other for indirect damages."), Grade::kUnsupported);
  EXPECT_EQ(Of(source, "Neither party is liable to the other for direct damages."), Grade::kUnsupported);
}

TEST(Contracts, WhatForMayBeLeftOutAndAnyIsMoreThanThe) {
  const std::string source = "The Vendor shall tell the Buyer of the order, so that the Buyer may object.";
  EXPECT_EQ(Of(source, "The Vendor shall tell the Buyer of the order."), Grade::kSupported);
  EXPECT_EQ(Of(source, "The Buyer shall tell the Vendor of the order."), Grade::kUnsupported);
  const std::string purpose = "The plans shall not be used for any purpose other than to complete the sale.";
  EXPECT_EQ(Of(purpose, "The plans may only be used to complete the sale."), Grade::kSupported);
  EXPECT_EQ(Of(purpose, "The plans may be used to complete any sale."), Grade::kUnsupported);
}

TEST(Contracts, WhomItDoesNotObligeNeedNot) {
  const std::string source = "This Agreement is not intended to and does not, obligate either party to buy the plans.";
  EXPECT_EQ(Of(source, "No, the parties are not bound to buy the plans."), Grade::kSupported);
  EXPECT_EQ(Of(source, "The parties are bound to buy the plans."), Grade::kUnsupported);
}

TEST(Contracts, NotExceptIsOnly) {
  const std::string source = "The Vendor may not disclose the plans except to its surveyors.";
  EXPECT_EQ(Of(source, "The Vendor may disclose the plans only to its surveyors."), Grade::kSupported);
  EXPECT_EQ(Of(source, "The Vendor may disclose the plans only to its customers."), Grade::kUnsupported);
  EXPECT_EQ(Of(source, "The Vendor may disclose the plans."), Grade::kUnsupported);
  EXPECT_EQ(Of("The Vendor may disclose the plans only to its surveyors.",
               "The Vendor may not disclose the plans except to its surveyors."),
            Grade::kSupported);
  EXPECT_EQ(Of("The plans shall not be copied without the consent of the Owner.",
               "The plans may only be copied with the consent of the Owner."),
            Grade::kSupported);
  EXPECT_EQ(Of("The plans shall not be copied without the consent of the Owner.",
               "The plans may only be copied with the consent of the Vendor."),
            Grade::kUnsupported);
}

TEST(Contracts, WhoNeedsConsentMustNotDoItWithout) {
  const std::string source = "The Tenant must not sublet the flat without the Landlord's written consent.";
  EXPECT_EQ(Of(source, "Yes, the Tenant needs the Landlord's written consent to sublet the flat."), Grade::kSupported);
  EXPECT_EQ(Of(source, "The Tenant must obtain the Landlord's written consent before subletting the flat."),
            Grade::kSupported);
  EXPECT_EQ(Of(source, "The Landlord needs the Tenant's written consent to sublet the flat."), Grade::kUnsupported);
  EXPECT_EQ(Of(source, "The Tenant needs the Landlord's written consent to sell the flat."), Grade::kUnsupported);
  // Whom it forbids is not told.
  EXPECT_EQ(Of("The plans of the house shall not be copied.", "The recipient must not copy the plans of the house."),
            Grade::kNear);
  EXPECT_EQ(Of("The plans shall be copied.", "The recipient must copy the plans."), Grade::kUnsupported);
}

TEST(Contracts, HowAnAgreementIsAmended) {
  const std::string source =
      "No modification of this Agreement shall be binding unless it is in writing and signed by both parties.";
  EXPECT_EQ(Of(source, "This Agreement may only be amended in writing signed by both parties."), Grade::kSupported);
  EXPECT_EQ(
      Of(source, "A modification of this Agreement is only effective if it is in writing and signed by both parties."),
      Grade::kSupported);
  EXPECT_EQ(Of(source, "This Agreement may only be amended in writing signed by one party."), Grade::kUnsupported);
  EXPECT_EQ(Of(source, "This Agreement may be amended in writing."), Grade::kUnsupported);
  EXPECT_EQ(Of("No waiver of this Agreement shall be binding unless it is in writing.",
               "This Agreement may only be amended in writing."),
            Grade::kUnsupported);
}

TEST(Contracts, WhatIsNotGrantedNobodyGets) {
  EXPECT_EQ(Of("No license under any patent is granted hereunder.",
               "No, the recipient does not get a license under any patent."),
            Grade::kSupported);
  EXPECT_EQ(Of("No right is granted to assign the lease.", "The recipient does not get any right."),
            Grade::kUnsupported);
  const std::string source = "The Bureau does not grant any right to the Vendor under its patents.";
  EXPECT_EQ(Of(source, "The Vendor does not get any right under its patents."), Grade::kSupported);
  EXPECT_EQ(Of(source, "The Vendor gets a right under its patents."), Grade::kUnsupported);
  EXPECT_EQ(Of("Nothing here shall be deemed to grant the Recipient any license except to review the plans.",
               "The Recipient does not get any license."),
            Grade::kUnsupported);
}

TEST(Contracts, WhatAProvisoForbidsIsForbiddenAndWhatItDemandsIsACondition) {
  const std::string source =
      "This Agreement binds the assigns of each party; provided, however, that the Vendor may not assign this "
      "Agreement "
      "(whether by operation of law, merger or otherwise) without the approval of the Bureau.";
  EXPECT_EQ(Of(source, "The Vendor may not assign this Agreement without the approval of the Bureau."),
            Grade::kSupported);
  EXPECT_EQ(Of(source, "The Vendor may not assign this Agreement."), Grade::kUnsupported);
  EXPECT_EQ(Of("The Tenant may sublet the flat, provided that the Tenant shall pay a fee of \u00a350.",
               "The Tenant shall pay a fee of \u00a350."),
            Grade::kUnsupported);
}

TEST(Contracts, ANoticeOfAListIsReceivedUnderItsOwnCondition) {
  const std::string source =
      "A notice is deemed to have been duly received:\n(a) if delivered by hand, at once; or\n(b) if sent by post, on "
      "the second day after posting.\n";
  EXPECT_EQ(Of(source, "A notice sent by post is deemed received on the second day after posting."), Grade::kSupported);
  EXPECT_EQ(Of(source, "A notice delivered by hand is deemed received on the second day after posting."),
            Grade::kUnsupported);
  EXPECT_EQ(Of(source, "A notice is deemed received on the second day after posting."), Grade::kUnsupported);
}

TEST(Contracts, TheShortValueOfATermStandsForIt) {
  const std::string source =
      "The \u201cTerm\u201d for this Agreement is three (3) years from the Start Date. The Tenant must keep the plans "
      "until the end of the Term.";
  EXPECT_EQ(Of(source, "The Tenant must keep the plans until three years from the Start Date."), Grade::kSupported);
  EXPECT_EQ(Of(source, "The Tenant must keep the plans until two years from the Start Date."), Grade::kUnsupported);
  EXPECT_EQ(Of(source, "The Landlord must keep the plans until three years from the Start Date."), Grade::kUnsupported);
}

TEST(Contracts, ADefinitionMayComeFromElsewhereAndNothingRestsOnIt) {
  const std::string clause = "The Tenant must keep the plans until the end of the Term.";
  const std::string definition = "\"Term\" means three years from the Start Date. The Tenant must paint the walls.";
  Source elsewhere{"agreement", "", definition};
  elsewhere.defines = true;
  const Sources sources({{"agreement", "", clause}, elsewhere});
  EXPECT_EQ(sources.Judge("The Tenant must keep the plans until three years from the Start Date.").grade,
            Grade::kSupported);
  EXPECT_EQ(sources.Judge("The Tenant must paint the walls.").grade, Grade::kUnsupported);
}

TEST(Contracts, ANumberBelowMakesAHeadingOfAnyLine) {
  const std::string source =
      "5. Limitation of liability\n5.1 Neither party shall be liable to the other for lost profits.";
  EXPECT_EQ(Of(source, "Neither party is liable to the other for lost profits."), Grade::kSupported);
  EXPECT_EQ(Of(source, "Neither party is liable to the other."), Grade::kUnsupported);
}

TEST(Contracts, WhatStandsBesideWhatIsSaidMayStayUnsaid) {
  const std::string source =
      "In addition to all other remedies it may have, the Buyer may seek an injunction in any court of competent "
      "jurisdiction.";
  EXPECT_EQ(Of(source, "Yes, the Buyer may seek an injunction."), Grade::kSupported);
  EXPECT_EQ(Of(source, "The Vendor may seek an injunction."), Grade::kUnsupported);
  EXPECT_EQ(Of("Either Party may terminate this Agreement by giving the other Party thirty (30) days written notice.",
               "Either party may terminate the agreement on thirty days' written notice to the other party."),
            Grade::kSupported);
  EXPECT_EQ(Of("The Vendor agrees that no license under any patent is granted to the Vendor under this Agreement.",
               "The Vendor does not get any license under any patent."),
            Grade::kSupported);
}

TEST(Contracts, TheTargetIsTheCompanyThatIsMerged) {
  const std::string merger =
      "Parent Holdings Inc. (\u201cParent\u201d) and Plover plc (the \u201cCompany\u201d) agree on the Merger. After "
      "the "
      "Merger the Merger is done. The Merger is a merger. The Company shall pay for the Merger in May.";
  EXPECT_EQ(Of(merger, "The target shall pay for the Merger in May."), Grade::kSupported);
  EXPECT_EQ(Of(merger, "The buyer shall pay for the Merger in May."), Grade::kUnsupported);
  EXPECT_EQ(Of("Plover plc (the \u201cCompany\u201d) shall pay for the goods in May.",
               "The target shall pay for the goods in May."),
            Grade::kUnsupported);
}

TEST(Contracts, WordsThatAnOldLineCutAreWhole) {
  const std::string cut =
      "The as-signor may take rea-sonable care in gen-eral. The Tenant pays the assign-ee. It is reasonable to be "
      "general "
      "and an assignor.";
  EXPECT_EQ(Of(cut, "The Tenant pays the assignee."), Grade::kSupported);
  const std::string source = "The Tenant must take rea-sonable care. It is reasonable to ask. A re-entry is forbidden.";
  EXPECT_EQ(Of(source, "The Tenant must take reasonable care."), Grade::kSupported);
}

TEST(Contracts, ALongSentenceThatIsCopiedIsSupported) {
  std::string source = "The Seller owns the house, the barn";
  for (int i = 0; i < 140; ++i) source += ", the shed number " + std::to_string(i);
  source += ".";
  EXPECT_EQ(Of(source, source.c_str()), Grade::kSupported);
}

}  // namespace
}  // namespace counsel::judging
