#include "models/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace counsel::models {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Hold = Holding::Hold;

constexpr std::uint64_t kGb = 1'000'000'000;

HostState Host(std::uint64_t total, std::uint64_t headroom) {
  HostState host;
  host.total_bytes = total;
  host.headroom_bytes = headroom;
  return host;
}

Footprint Bytes(std::uint64_t host, std::uint64_t device = 0) {
  Footprint footprint;
  footprint.host_bytes = host;
  if (device > 0) footprint.device_bytes["Vulkan0"] = device;
  return footprint;
}

Holding Held(ServerId id, Footprint claim, std::uint64_t charge, Hold hold, double loss = 1) {
  Holding holding;
  holding.server = id;
  holding.claim = std::move(claim);
  holding.charge = charge;
  holding.hold = hold;
  holding.loss = loss;
  return holding;
}

LedgerLimits NoMargin(double share = 1) {
  LedgerLimits limits;
  limits.margin_bytes = 0;
  limits.share = share;
  return limits;
}

TEST(AdmissionTest, ALoadThatFitsTakesNothing) {
  const Admission admission = Admit(Bytes(4 * kGb), Host(10 * kGb, 4 * kGb), {}, NoMargin());
  EXPECT_EQ(admission.verdict, Verdict::kFits);
  EXPECT_THAT(admission.take, IsEmpty());
}

TEST(AdmissionTest, TheMarginIsLeftFree) {
  LedgerLimits limits = NoMargin();
  limits.margin_bytes = 1;
  EXPECT_EQ(Admit(Bytes(4 * kGb), Host(10 * kGb, 4 * kGb), {}, limits).verdict, Verdict::kNever);
}

TEST(AdmissionTest, WhatAnotherServerWasPromisedAndHasNotTakenYetIsNotSpentTwice) {
  const std::vector<Holding> held = {Held(1, Bytes(3 * kGb), kGb, Hold::kFirm)};
  EXPECT_EQ(Admit(Bytes(2 * kGb), Host(10 * kGb, 4 * kGb), held, NoMargin()).verdict, Verdict::kFits);
  EXPECT_EQ(Admit(Bytes(2 * kGb + 1), Host(10 * kGb, 4 * kGb), held, NoMargin()).verdict, Verdict::kNever);
}

TEST(AdmissionTest, MappedWeightsThatTheKernelCallsAvailableCountAgainstTheShare) {
  // 7 GB mapped by another, none of it charged, so that the headroom does not show it.
  const std::vector<Holding> held = {Held(1, Bytes(7 * kGb), 7 * kGb, Hold::kFirm)};
  EXPECT_EQ(Admit(Bytes(kGb), Host(10 * kGb, 9 * kGb), held, NoMargin(0.8)).verdict, Verdict::kFits);
  EXPECT_EQ(Admit(Bytes(kGb + 1), Host(10 * kGb, 9 * kGb), held, NoMargin(0.8)).verdict, Verdict::kNever);
}

TEST(AdmissionTest, OfIdleModelsTheCheapestSetThatSufficesGoes) {
  const std::vector<Holding> held = {Held(1, Bytes(2 * kGb), 2 * kGb, Hold::kIdle, 5),
                                     Held(2, Bytes(4 * kGb), 4 * kGb, Hold::kIdle, 7),
                                     Held(3, Bytes(2 * kGb), 2 * kGb, Hold::kIdle, 1)};
  const Admission four = Admit(Bytes(4 * kGb), Host(10 * kGb, 0), held, NoMargin());
  EXPECT_EQ(four.verdict, Verdict::kFitsWithout);
  EXPECT_THAT(four.take, ElementsAre(1, 3));  // 6 s of loading again, against 7
  EXPECT_THAT(Admit(Bytes(3 * kGb), Host(10 * kGb, kGb), held, NoMargin()).take, ElementsAre(3));
}

TEST(AdmissionTest, BusyModelsAreTakenOnlyWhenIdleOnesDoNotSuffice) {
  const std::vector<Holding> held = {Held(1, Bytes(2 * kGb), 2 * kGb, Hold::kBusy, 0),
                                     Held(2, Bytes(2 * kGb), 2 * kGb, Hold::kIdle, 9)};
  const Admission two = Admit(Bytes(2 * kGb), Host(10 * kGb, 0), held, NoMargin());
  EXPECT_EQ(two.verdict, Verdict::kFitsWithout);
  EXPECT_THAT(two.take, ElementsAre(2));
  const Admission four = Admit(Bytes(4 * kGb), Host(10 * kGb, 0), held, NoMargin());
  EXPECT_EQ(four.verdict, Verdict::kFitsAfterLeases);
  EXPECT_THAT(four.take, ElementsAre(1, 2));
}

TEST(AdmissionTest, WhatCanNeverFitSaysHowMuchIsThere) {
  const std::vector<Holding> held = {Held(1, Bytes(2 * kGb), 2 * kGb, Hold::kFirm),
                                     Held(2, Bytes(kGb), kGb, Hold::kIdle)};
  const Admission admission = Admit(Bytes(9 * kGb), Host(10 * kGb, 7 * kGb), held, NoMargin());
  EXPECT_EQ(admission.verdict, Verdict::kNever);
  EXPECT_EQ(admission.where, "memory");
  EXPECT_EQ(admission.needed_bytes, 9 * kGb);
  EXPECT_EQ(admission.there_bytes, 8 * kGb);
}

TEST(AdmissionTest, ADeviceHasALedgerOfItsOwn) {
  HostState host = Host(10 * kGb, 10 * kGb);
  host.device_capacity["Vulkan0"] = 2 * kGb;
  const std::vector<Holding> held = {Held(1, Bytes(0, kGb), 0, Hold::kIdle)};
  EXPECT_EQ(Admit(Bytes(kGb, kGb), host, held, NoMargin()).verdict, Verdict::kFits);
  EXPECT_THAT(Admit(Bytes(kGb, 2 * kGb), host, held, NoMargin()).take, ElementsAre(1));
  const Admission never = Admit(Bytes(kGb, 3 * kGb), host, held, NoMargin());
  EXPECT_EQ(never.where, "Vulkan0");
  EXPECT_EQ(never.there_bytes, 2 * kGb);
}

TEST(AdmissionTest, AModelWithoutBytesIsAdmittedOnAFullMachine) {
  EXPECT_EQ(Admit(Bytes(0), Host(10 * kGb, 0), {}, LedgerLimits()).verdict, Verdict::kFits);
}

TEST(AdmissionTest, ManyCandidatesAreTakenByLossForAByte) {
  std::vector<Holding> held;
  for (ServerId id = 1; id <= 20; ++id)
    held.push_back(Held(id, Bytes(kGb), kGb, Hold::kIdle, static_cast<double>(21 - id)));
  const Admission admission = Admit(Bytes(2 * kGb), Host(100 * kGb, 0), held, NoMargin());
  EXPECT_THAT(admission.take, ElementsAre(20, 19));
}

TEST(AdmissionTest, TheLossHalvesEveryFiveMinutes) {
  EXPECT_DOUBLE_EQ(EvictionLoss(8, 0), 8);
  EXPECT_DOUBLE_EQ(EvictionLoss(8, 300), 4);
  EXPECT_GT(EvictionLoss(0, 0), 0);
}

}  // namespace
}  // namespace counsel::models
