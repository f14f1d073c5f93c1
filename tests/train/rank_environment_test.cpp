#include "train/rank_environment.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::train {
namespace {

RankEnvironment read(const std::map<std::string, std::string>& variables) {
  return read_rank_environment([&variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  });
}

std::string error_of(const std::map<std::string, std::string>& variables) {
  try {
    read(variables);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kUsage);
    return error.what();
  }
  return "no error";
}

const std::map<std::string, std::string> kTorchrun = {
    {"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "10.0.0.7"}, {"MASTER_PORT", "29500"}};
const std::map<std::string, std::string> kSlurm = {{"SLURM_PROCID", "3"},
                                                   {"SLURM_STEP_NUM_TASKS", "4"},
                                                   {"SLURM_STEP_NODELIST", "node[07-09],login1"},
                                                   {"SLURM_JOB_ID", "40123"}};

std::map<std::string, std::string> with(std::map<std::string, std::string> variables, const std::string& name,
                                        const std::string& value) {
  variables[name] = value;
  return variables;
}

TEST(RankEnvironmentTest, WithoutVariablesAProcessIsAlone) {
  EXPECT_EQ(read({}).size, 1);
  // A batch script has a rank of its own, but no step: what it runs without srun is alone.
  EXPECT_EQ(read({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "2"}, {"SLURM_JOB_ID", "7"}}).size, 1);
  EXPECT_EQ(read({{"RANK", "0"}, {"WORLD_SIZE", "1"}}).size, 1);
}

TEST(RankEnvironmentTest, ReadsTorchrunsVariables) {
  const RankEnvironment environment = read(kTorchrun);
  EXPECT_EQ(environment.rank, 1);
  EXPECT_EQ(environment.size, 2);
  EXPECT_EQ(environment.address, "10.0.0.7");
  EXPECT_EQ(environment.port, 29500);
}

TEST(RankEnvironmentTest, ReadsSlurmsVariablesWhenTorchrunsAreAbsent) {
  const RankEnvironment environment = read(kSlurm);
  EXPECT_EQ(environment.rank, 3);
  EXPECT_EQ(environment.size, 4);
  EXPECT_EQ(environment.address, "node07");
  EXPECT_EQ(environment.port, 12'000 + 40'123 % 20'000);
  EXPECT_EQ(read(with(kSlurm, "MASTER_ADDR", "ib-node07")).address, "ib-node07");
  EXPECT_EQ(read(with(kSlurm, "MASTER_PORT", "4000")).port, 4000);
  std::map<std::string, std::string> both = kTorchrun;
  both.insert(kSlurm.begin(), kSlurm.end());
  EXPECT_EQ(read(both).size, 2);
}

TEST(RankEnvironmentTest, SlurmWithoutNodeListFallsBackOnTheLaunchingNode) {
  std::map<std::string, std::string> variables = kSlurm;
  variables.erase("SLURM_STEP_NODELIST");
  EXPECT_THAT(error_of(variables), testing::HasSubstr("no address of rank 0"));
  EXPECT_EQ(read(with(variables, "SLURM_LAUNCH_NODE_IPADDR", "10.1.1.1")).address, "10.1.1.1");
}

TEST(RankEnvironmentTest, NamesWhatIsMissing) {
  for (const auto& [name, value] : kTorchrun) {
    std::map<std::string, std::string> variables = kTorchrun;
    variables.erase(name);
    EXPECT_THAT(error_of(variables), testing::HasSubstr(name + " is not set"));
    EXPECT_THAT(error_of(with(kTorchrun, name, "")), testing::HasSubstr(name + " is not set"));
  }
}

TEST(RankEnvironmentTest, RefusesImpossibleValues) {
  for (const char* rank : {"2", "-1", "1.0", "one", "99999999999999999999"}) {
    EXPECT_THAT(error_of(with(kTorchrun, "RANK", rank)), testing::HasSubstr("bad RANK")) << rank;
  }
  for (const char* size : {"0", "-2", "1000000", "2 "}) {
    EXPECT_THAT(error_of(with(kTorchrun, "WORLD_SIZE", size)), testing::HasSubstr("bad WORLD_SIZE")) << size;
  }
  for (const char* port : {"0", "65536", "http"}) {
    EXPECT_THAT(error_of(with(kTorchrun, "MASTER_PORT", port)), testing::HasSubstr("bad MASTER_PORT"))
        << port;
  }
  EXPECT_THAT(error_of(with(kSlurm, "SLURM_PROCID", "4")), testing::HasSubstr("bad SLURM_PROCID"));
  EXPECT_THAT(error_of(with(kSlurm, "SLURM_JOB_ID", "job")), testing::HasSubstr("bad SLURM_JOB_ID"));
}

TEST(RankEnvironmentTest, FindsTheFirstHostOfANodeList) {
  EXPECT_EQ(first_host("node3"), "node3");
  EXPECT_EQ(first_host("a,b[1-2]"), "a");
  EXPECT_EQ(first_host("node[03-07,9],other"), "node03");
  EXPECT_EQ(first_host("node[5,7]"), "node5");
  EXPECT_EQ(first_host("rack[1-2]node[08-09].cluster"), "rack1node08.cluster");
  EXPECT_EQ(first_host(""), "");
  EXPECT_THROW(first_host("node[3"), base::Error);
}

}  // namespace
}  // namespace palimpsest::train
