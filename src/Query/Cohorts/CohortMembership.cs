using Cairn.Query.Definitions;

namespace Cairn.Query.Cohorts;

/// <summary>Whether some ids are in a cohort.</summary>
/// <param name="Ids">As they were asked for, in their order.</param>
public sealed record CohortMembership(IReadOnlyList<CohortMember> Ids, Coverage Coverage);

/// <summary>One id.</summary>
/// <param name="Person">The canonical id of who it belongs to; the id itself where nobody is known by it.</param>
public sealed record CohortMember(string Id, string Person, bool IsIn);
