using Cairn.Model.Identity;
using Cairn.Query.ClickHouse;
using Cairn.Query.Definitions;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.Cohorts;

/// <summary>Finds who is in a cohort, as of now.</summary>
/// <param name="engine">Who else answers reports, though none of these; null: nobody.</param>
public sealed class CohortReport(ReportReader reader, ICohortDirectory directory, TimeProvider clock, ClickHouseEngine? engine = null)
{
    /// <summary>The people of a cohort, by the order of their ids.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public Task<CohortAnswer> AnswerAsync(CohortDefinition definition, CancellationToken cancellationToken)
    {
        Task<CohortAnswer> Here() => AnswerHereAsync(definition, cancellationToken);
        return engine?.AnswerHereAsync(definition.Project, "the people of a cohort", Here, (answer, coverage) => answer with { Coverage = coverage(answer.Coverage) }) ?? Here();
    }

    async Task<CohortAnswer> AnswerHereAsync(CohortDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var found = await CohortSearch.FindAsync(reader, directory, definition, cancellationToken);
        return new(found.People, found.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>Whether some ids are in a cohort: each by the person whom it belongs to, whatever of their ids it is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    /// <exception cref="Filters.ExpressionException">A condition met a value it can't judge.</exception>
    public async Task<CohortMembership> MembershipAsync(CohortDefinition definition, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var found = await CohortSearch.FindAsync(reader, directory, definition, cancellationToken);
        var members = found.People.Ids.ToHashSet(StringComparer.Ordinal);
        var asked = ids.Select(id => (Id: id, Person: definition.Project.CountBy is null ? found.Map.PersonOf(id) : id)).Select(one => new CohortMember(one.Id, one.Person, members.Contains(one.Person))).ToArray();
        return new(asked, found.Covered(clock.GetElapsedTime(startedAt)));
    }
}

/// <summary>Who is in a cohort.</summary>
public sealed record CohortAnswer
{
    readonly CohortPeople people;
    IReadOnlyList<string>? ordered;

    internal CohortAnswer(CohortPeople people, Coverage coverage) => (this.people, Coverage) = (people, coverage);

    /// <summary>How many they are.</summary>
    public int Count => people.Count;

    /// <summary>Canonical ids, by their order; put into it when first asked for.</summary>
    public IReadOnlyList<string> People => ordered ??= [.. people.Ids.Order(StringComparer.Ordinal)];

    public Coverage Coverage { get; init; }
}

/// <summary>The people of a cohort, in no order.</summary>
/// <param name="Codes">Those with events.</param>
/// <param name="Persons">What the codes mean.</param>
/// <param name="Others">Canonical ids of those without.</param>
sealed record CohortPeople(IReadOnlyList<int> Codes, TextPool Persons, IReadOnlyList<string> Others)
{
    public int Count => Codes.Count + Others.Count;

    /// <summary>Canonical ids.</summary>
    public IEnumerable<string> Ids => Codes.Select(code => Persons[code]).Concat(Others);
}

/// <summary>Looks for the people of a cohort among all who have an event or a profile.</summary>
static class CohortSearch
{
    /// <returns>The people, who is who, and what the search covered.</returns>
    public static async Task<(CohortPeople People, PersonMap Map, Func<TimeSpan, Coverage> Covered)> FindAsync(
        ReportReader reader, ICohortDirectory directory, CohortDefinition definition, CancellationToken cancellationToken)
    {
        var condition = await ReferencedCohorts.InPlaceAsync(definition, reader, directory, cancellationToken);
        var plan = new CohortPlan(definition with { Condition = condition });
        var isForNothing = plan.Root.HoldsForNothing != false;
        // Whoever only has a profile may be in as well, if doing nothing is enough.
        using var opened = await reader.OpenJourneysAsync(definition.Project, plan.Properties, cancellationToken, withProfiles: plan.NeedsProfiles || isForNothing);
        var workers = await opened.RunAsync(() => new CohortWorker(plan, opened), (worker, shard) => worker.Work(shard), cancellationToken);
        var others = new List<string>();
        if (isForNothing) AddProfiles(others, workers, new(plan, opened), opened, cancellationToken);
        var people = new CohortPeople([.. workers.SelectMany(worker => worker.Members)], opened.Persons, others);
        return (people, opened.Context.People.Persons, opened.Covered);
    }

    /// <summary>Those with a profile and no event.</summary>
    static void AddProfiles(List<string> people, IReadOnlyList<CohortWorker> workers, CohortWorker judge, OpenedJourneys opened, CancellationToken cancellationToken)
    {
        if (opened.Context.Units.Profiles is not { } profiles) return;
        var hasEvents = workers.SelectMany(worker => worker.Seen).ToHashSet();
        foreach (var person in profiles.Persons)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!hasEvents.Contains(opened.Persons.Find(person)) && judge.HoldsForNothing(person)) people.Add(person);
        }
    }
}
