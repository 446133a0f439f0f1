// What a person at a shell is promised.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "deploy/katctl/docs.h"
#include "deploy/katctl/list_request.h"
#include "deploy/katctl/schema.h"
#include "deploy/katctl/table.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "libs/base/id.h"

namespace kat::ctl {
namespace {

absl::TimeZone NewYork() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("America/New_York", &zone));
  return zone;
}

Json Filtered(const std::string& collection, const std::vector<std::string>& filters) {
  const auto request = ListRequest(*FindList(collection).value(), "harbor", filters);
  EXPECT_TRUE(request.ok()) << request.status();
  return request.value_or(Json());
}

std::string Misfiltered(const std::string& collection, const std::vector<std::string>& filters) {
  const auto request = ListRequest(*FindList(collection).value(), "harbor", filters);
  EXPECT_FALSE(request.ok()) << *request;
  return std::string(request.status().message());
}

TEST(Filters, FitTheTypeOfTheirField) {
  EXPECT_EQ(Filtered("patients", {"external_id.system=ehr", "external_id.value=4711", "page_size=3"}),
            Json::parse(R"({"external_id": {"system": "ehr", "value": "4711"}, "page_size": 3,
                            "parent": "clinics/harbor"})"));
  EXPECT_EQ(Filtered("intake-cases", {"overdue_only=true", "parent=patients/p1"}),
            Json::parse(R"({"overdue_only": true, "parent": "clinics/harbor/patients/p1"})"));
}

TEST(Filters, SayWhatIsWrongWithThem) {
  EXPECT_TRUE(absl::StrContains(Misfiltered("patients", {"nurse"}), "nurse is no filter: write field=value"));
  EXPECT_TRUE(absl::StrContains(Misfiltered("patients", {"nme=x"}), "no field nme to list by; there are parent"));
  EXPECT_TRUE(absl::StrContains(Misfiltered("intake-cases", {"overdue_only=maybe"}), "is true or false"));
  EXPECT_TRUE(absl::StrContains(Misfiltered("intake-cases", {"state=LOST"}), "state is one of "));
  EXPECT_TRUE(absl::StrContains(Misfiltered("patients", {"external_id=4711"}), "write external_id.system=…"));
}

TEST(Tables, ShowInstantsInTheZoneAndSayWhichItIs) {
  const Json list = Json::parse(R"({"appointments": [{"start_time": "2026-12-01T14:05:00Z"}]})");
  const std::string text = RenderTable(list, NewYork());
  EXPECT_TRUE(absl::StrContains(text, "2026-12-01 09:05")) << text;
  EXPECT_TRUE(absl::StrContains(text, "times in America/New_York")) << text;
  EXPECT_TRUE(absl::StrContains(RenderResource(list, absl::UTCTimeZone()), "2026-12-01 14:05"));
}

TEST(Tables, NameNoZoneWhereNoTimeIsShown) {
  const Json list = Json::parse(R"({"rooms": [{"capacity": 1, "create_time": "2026-12-01T14:05:00Z"}]})");
  EXPECT_EQ(RenderTable(list, NewYork()), "capacity\n1\n");
}

TEST(Tables, NameARowAsGetTakesItHoweverLongItIs) {
  const std::string name = "patients/" + std::string(63, 'p');
  const std::string text = RenderTable({{"patients", {{{"name", "clinics/harbor/" + name}}}}}, absl::UTCTimeZone());
  EXPECT_TRUE(absl::StrContains(text, name)) << text;
  EXPECT_EQ(WholeName(name, "harbor"), "clinics/harbor/" + name);
  EXPECT_EQ(WholeName("clinics/other/" + name, "harbor"), "clinics/other/" + name);
}

TEST(Tables, LeaveOutIdsThatSayNothingBeforeStates) {
  const std::string id(26, 'x');
  Json row = {{"name", "clinics/harbor/visits/" + id}, {"patient", "clinics/harbor/patients/" + id}};
  for (const char* field : {"a", "b", "c", "d", "e", "f", "state"}) row[field] = field;
  const std::string text = RenderTable({{"visits", {row}}}, absl::UTCTimeZone());
  EXPECT_TRUE(absl::StrContains(text, "  state")) << text;
  EXPECT_FALSE(absl::StrContains(text, "patient")) << text;
  const std::string chosen = RenderTable({{"visits", {row}}}, absl::UTCTimeZone(), {"patient", "a"});
  EXPECT_EQ(chosen, absl::StrCat("patient                     a\n", id, "  a\n"));
}

TEST(Tables, CutLongTextBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "é";
  const std::string table = RenderTable({{"notes", {{{"text", text}}}}}, absl::UTCTimeZone());
  std::string cut;
  for (int i = 0; i < 39; ++i) cut += "é";
  EXPECT_EQ(table, "text\n" + cut + "…\n");
}

TEST(Described, MethodsSayWhatTheContractsCommentsSay) {
  const auto* method = FindMethod("kat.common.v1.EventFeedService/Subscribe").value();
  google::protobuf::FileDescriptorSet set;
  const google::protobuf::FileDescriptor* options = method->file()->dependency(1);  // kat/common/v1/options.proto
  for (const auto* file : {options->dependency(0), method->file()->dependency(0), options, method->file()})
    file->CopyTo(set.add_file());
  auto* location = set.mutable_file(3)->mutable_source_code_info()->add_location();
  for (const int part : {6, method->service()->index(), 2, method->index()}) location->add_path(part);
  for (const int place : {1, 1, 2}) location->add_span(place);
  location->set_leading_comments(" Says\n what it does.\n");
  const std::string image = ::testing::TempDir() + "/image-" + NewId();
  std::ofstream(image, std::ios::binary) << set.SerializeAsString();

  const std::string told = DescribeMethod(*method, Docs(image));
  EXPECT_TRUE(absl::StrContains(told, "Says what it does.")) << told;
  EXPECT_TRUE(absl::StrContains(told, "roles: integration, clinic_admin")) << told;
  EXPECT_TRUE(absl::StrContains(DescribeMethod(*method, Docs("/nonexistent")), "roles: "));
  std::filesystem::remove(image);
}

// The program itself.
class Katctl : public ::testing::Test {
 protected:
  Katctl() {
    std::filesystem::create_directories(folder_);
    EXPECT_EQ(Run("dev-keys " + folder_).code, 0);
    Write("installation.json",
          R"({"services": {"intake": "localhost:1", "scheduling": "localhost:1"},
              "signing_key": "dev-private.jwk", "issuer": "kat-dev", "audience": "kat"})");
  }
  ~Katctl() override { std::filesystem::remove_all(folder_); }

  struct Result {
    int code;
    std::string text;  // both streams
  };
  static Result Shell(const std::string& command) {
    Result result;
    FILE* pipe = popen(command.c_str(), "r");
    char buffer[4096];
    for (size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) result.text.append(buffer, n);
    result.code = WEXITSTATUS(pclose(pipe));
    return result;
  }
  Result Run(const std::string& arguments) const {
    return Shell(absl::StrCat("env -i PATH=\"$PATH\" KAT_CONFIG=", folder_, "/installation.json " KATCTL " ", arguments,
                              " 2>&1 </dev/null"));
  }
  void ExpectExit(const std::string& arguments, int code, const std::string& text) const {
    const Result result = Run(arguments);
    EXPECT_EQ(result.code, code) << arguments << ": " << result.text;
    EXPECT_TRUE(absl::StrContains(result.text, text)) << arguments << ": " << result.text;
  }
  void Write(const std::string& name, const std::string& text) const { std::ofstream(folder_ + "/" + name) << text; }
  // What a shell offers for a line whose last word is incomplete.
  std::vector<std::string> Completed(const std::string& line) const {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    const Result result = Shell(absl::StrCat("bash -c 'source <(" KATCTL " completion bash); COMP_WORDS=(", line,
                                             words.back().empty() ? "\"\"" : "", "); COMP_CWORD=", words.size() - 1,
                                             "; _katctl; printf \"%s\\n\" \"${COMPREPLY[@]}\"' 2>&1"));
    return absl::StrSplit(result.text, '\n', absl::SkipEmpty());
  }

  const std::string folder_ = ::testing::TempDir() + "/katctl-" + NewId();
};

TEST_F(Katctl, TellsAWrongCommandLineByExitCodeTwo) {
  ExpectExit("", 2, "subcommand is required");
  ExpectExit("frobnicate", 2, "no command frobnicate");
  ExpectExit("call GetClinick", 2, "no method GetClinick");
  ExpectExit("call GetClinic '{\"name\": '", 2, "the request is not JSON: parse error at line 1, column 10");
  ExpectExit("call GetClinic '[]'", 2, "must be a JSON object");
  ExpectExit("call GetClinic '{\"nam\": 1}'", 2, "does not fit GetClinicRequest");
  ExpectExit("call GetClinic @/nonexistent", 2, "cannot read /nonexistent");
  ExpectExit("call Subscribe", 2, "katctl watch");
  ExpectExit("call WatchSchedule '{\"day\": 1}'", 2, "does not fit WatchScheduleRequest");
  ExpectExit("list clouds", 2, "nothing lists clouds; there are appointments, ");
  ExpectExit("list patients nurse", 2, "write field=value");
  ExpectExit("list patients --page-size 0", 2, "page-size");
  ExpectExit("get clouds/1", 2, "no kind of resource has names like clinics/lakeside/clouds/1");
  ExpectExit("get clinics/lakeside --role nurze", 2, "no role nurze; there are platform_admin, ");
  ExpectExit("get clinics/lakeside --time-zone Mars", 2, "no time zone Mars");
  ExpectExit("watch weather", 2, "weather");
  ExpectExit("health billing", 2, "has no service billing");
  ExpectExit("load /nonexistent", 2, "cannot read /nonexistent");
  ExpectExit("completion fish", 2, "fish");
}

TEST_F(Katctl, TellsThatNobodyIsThereByExitCodeThree) {
  ExpectExit("--config /nonexistent get clinics/lakeside", 3, "no installation at /nonexistent; start one with");
  ExpectExit("get clinics/lakeside", 3, "scheduling at localhost:1 cannot be reached");
  ExpectExit("health", 3, "intake  localhost:1  UNREACHABLE");
  ExpectExit("watch intake --role integration", 3, "intake at localhost:1 cannot be reached");
  Write("installation.json", R"({"services": {"intake": 7}})");
  ExpectExit("list patients", 3, "is no installation file");
  Write("installation.json", R"({"services": {}, "signing_key": "gone.jwk"})");
  ExpectExit("list patients", 3, "gone.jwk");
  Write("installation.json", R"({"services": {"scheduling": "localhost:1"}})");
  ExpectExit("get clinics/lakeside", 3, "pass --token");
}

TEST_F(Katctl, EveryCommandHasHelp) {
  for (const char* command : {"call", "list", "get", "watch", "methods", "describe", "load", "token", "health",
                              "dev-keys", "clock", "story", "completion"}) {
    ExpectExit(absl::StrCat(command, " --help"), 0, absl::StrCat("katctl ", command));
  }
  ExpectExit("--help", 0, "Exit codes: 0 done; 1 refused by the API; 2 wrong command line; 3");
}

TEST_F(Katctl, PrintsJsonForPrograms) {
  EXPECT_TRUE(Json::parse(Run("methods --json").text, nullptr, false).is_array());
  EXPECT_EQ(Json::parse(Run("health intake --json").text, nullptr, false)["intake"]["health"], "UNREACHABLE");
}

TEST_F(Katctl, KeepsThePrivateKeyPrivate) {
  EXPECT_EQ(std::filesystem::status(folder_ + "/dev-private.jwk").permissions(), std::filesystem::perms(0600));
  ExpectExit("token --clinic harbor --role nurse,biller", 0, "ey");
  ExpectExit("dev-keys /nonexistent", 2, "cannot write into /nonexistent");
}

TEST_F(Katctl, CompletesForBash) {
  EXPECT_EQ(Completed("katctl des"), std::vector<std::string>{"describe"});
  EXPECT_EQ(Completed("katctl describe GetClinical"), std::vector<std::string>{"GetClinicalSummary"});
  EXPECT_EQ(Completed("katctl --role nurse list work-"), std::vector<std::string>{"work-items"});
  EXPECT_EQ(Completed("katctl get x --role administer"), std::vector<std::string>{"administering_clinician"});
  EXPECT_EQ(Completed("katctl watch --count 3 mess"), std::vector<std::string>{"messaging"});
  EXPECT_EQ(Completed("katctl list --page-t"), std::vector<std::string>{"--page-token"});
  EXPECT_EQ(Completed("katctl call GetClinic "), std::vector<std::string>{});
}

}  // namespace
}  // namespace kat::ctl
