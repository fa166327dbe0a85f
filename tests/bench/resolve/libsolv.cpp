#include "tests/bench/resolve/problem.h"

#ifdef REEF_LIBSOLV

// A field of theirs has a name that is a word of C++20.
#define requires requires_
#include <solv/pool.h>
#include <solv/repo.h>
#include <solv/solver.h>
#undef requires
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>

namespace reef::bench {
namespace {

class Peer {
 public:
  explicit Peer(const Problem& problem) : problem_(problem), pool_(pool_create()) {
    pool_setdisttype(pool_.get(), DISTTYPE_DEB);
    pool_setarch(pool_.get(), "amd64");
    repo_ = repo_create(pool_.get(), "universe");
    for (const std::string& name : problem.names) names_.push_back(pool_str2id(pool_.get(), name.c_str(), 1));
    for (const Release& release : problem.releases) add(release);
    const double start = cpu_milliseconds();
    pool_createwhatprovides(pool_.get());
    preparing_ = cpu_milliseconds() - start;
  }

  // Milliseconds for the table of who provides what, which its users make anew in each process.
  double preparing() const { return preparing_; }

  // Whether there is a solution.
  bool solve(const std::vector<AnyOf>& roots) {
    Queue jobs;
    queue_init(&jobs);
    for (const AnyOf& root : roots) queue_push2(&jobs, SOLVER_INSTALL | SOLVER_SOLVABLE_PROVIDES, id(root));
    Solver* solver = solver_create(pool_.get());
    solver_set_flag(solver, SOLVER_FLAG_IGNORE_RECOMMENDED, 1);
    const bool solved = solver_solve(solver, &jobs) == 0;
    solver_free(solver);
    queue_free(&jobs);
    return solved;
  }

 private:
  struct Free {
    void operator()(Pool* pool) const { pool_free(pool); }
  };

  Id evr(std::uint32_t version) { return pool_str2id(pool_.get(), std::to_string(version).c_str(), 1); }

  Id id(const Atom& atom) {
    Pool* pool = pool_.get();
    const Id name = names_[atom.name];
    const bool open = atom.to == Atom::kEnd;
    if (atom.any()) return name;
    if (!open && atom.to == atom.from + 1) return pool_rel2id(pool, name, evr(atom.from), REL_EQ, 1);
    const Id lower = atom.from ? pool_rel2id(pool, name, evr(atom.from), REL_GT | REL_EQ, 1) : 0;
    const Id upper = open ? 0 : pool_rel2id(pool, name, evr(atom.to), REL_LT, 1);
    return !upper ? lower : !lower ? upper : pool_rel2id(pool, lower, upper, REL_AND, 1);
  }

  Id id(const AnyOf& any_of) {
    Id out = id(any_of.front());
    for (std::size_t i = 1; i < any_of.size(); ++i)
      out = pool_rel2id(pool_.get(), out, id(any_of[i]), REL_OR, 1);
    return out;
  }

  void add(const Release& release) {
    Pool* pool = pool_.get();
    Solvable* solvable = pool_id2solvable(pool, repo_add_solvable(repo_));
    solvable->name = names_[release.name];
    solvable->evr = evr(release.version);
    solvable->arch = ARCH_ALL;
    const Id self = pool_rel2id(pool, solvable->name, solvable->evr, REL_EQ, 1);
    solvable->provides = repo_addid_dep(repo_, solvable->provides, self, 0);
    for (const Atom& provided : release.provides)
      solvable->provides = repo_addid_dep(repo_, solvable->provides, id(provided), 0);
    for (const AnyOf& need : release.needs)
      solvable->requires_ = repo_addid_dep(repo_, solvable->requires_, id(need), 0);
    for (const Atom& conflict : release.conflicts)
      solvable->conflicts = repo_addid_dep(repo_, solvable->conflicts, id(conflict), 0);
  }

  const Problem& problem_;
  std::unique_ptr<Pool, Free> pool_;
  Repo* repo_ = nullptr;
  double preparing_ = 0;
  std::vector<Id> names_;
};

}  // namespace

// In a child, which is ended when it takes too long.
std::optional<std::vector<PeerResult>> libsolv(const Problem& problem,
                                               const std::vector<std::vector<AnyOf>>& requests, int runs,
                                               unsigned limit) {
  std::vector<PeerResult> out(requests.size());
  int ends[2];
  if (::pipe(ends) != 0) return std::nullopt;
  const pid_t child = ::fork();
  if (child == 0) {
    Peer peer(problem);
    for (const auto& roots : requests) {
      ::alarm(limit);
      struct {
        double best = 0;
        double preparing = 0;
        bool solved = false;
      } record;
      for (int run = 0; run < runs; ++run) {
        const double start = cpu_milliseconds();
        record.solved = peer.solve(roots);
        const double took = cpu_milliseconds() - start;
        record.best = run == 0 ? took : std::min(record.best, took);
        if (took > 1000) break;
      }
      record.preparing = peer.preparing();
      if (::write(ends[1], &record, sizeof record) != sizeof record) ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  for (PeerResult& result : out) {
    struct {
      double best = 0;
      double preparing = 0;
      bool solved = false;
    } record;
    if (::read(ends[0], &record, sizeof record) != sizeof record) break;
    result = {record.best, record.preparing, record.solved};
  }
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return out;
}

}  // namespace reef::bench

#else

namespace reef::bench {

std::optional<std::vector<PeerResult>> libsolv(const Problem&, const std::vector<std::vector<AnyOf>>&, int,
                                               unsigned) {
  return std::nullopt;
}

}  // namespace reef::bench

#endif
