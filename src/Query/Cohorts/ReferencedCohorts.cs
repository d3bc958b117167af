using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;
using Cairn.Query.Scanning;

namespace Cairn.Query.Cohorts;

/// <summary>Puts the conditions of saved cohorts in the place of their ids, and the people of funnels in the place of these.</summary>
sealed class ReferencedCohorts(CohortDefinition definition, ReportReader reader, ICohortDirectory directory)
{
    /// <summary>Funnels of one cohort: each is a report of its own.</summary>
    const int MaxFunnels = 5;

    int found, funnels;

    /// <summary>The condition of a definition without references.</summary>
    /// <exception cref="DefinitionException">A cohort is not known, or refers to itself.</exception>
    public static ValueTask<CohortCondition> InPlaceAsync(CohortDefinition definition, ReportReader reader, ICohortDirectory directory, CancellationToken cancellationToken) =>
        new ReferencedCohorts(definition, reader, directory).InPlaceAsync(definition.Condition, [], cancellationToken);

    async ValueTask<CohortCondition> InPlaceAsync(CohortCondition condition, IReadOnlyList<string> within, CancellationToken cancellationToken)
    {
        switch (condition)
        {
            case CohortCondition.All all: return new CohortCondition.All(await AllAsync(all.Of));
            case CohortCondition.Any any: return new CohortCondition.Any(await AllAsync(any.Of));
            case CohortCondition.Not not: return new CohortCondition.Not(await InPlaceAsync(not.Of, within, cancellationToken));
            case CohortCondition.In other:
                if (within.Contains(other.CohortId, StringComparer.Ordinal)) throw new DefinitionException("cohort", $"the cohort {other.CohortId} refers to itself");
                // Cohorts that refer to each other twice over are many more than they look.
                if (++found > CohortDefinition.MaxConditions) throw new DefinitionException("cohort", $"refer to at most {CohortDefinition.MaxConditions} cohorts, those that cohorts refer to included");
                var saved = await directory.FindAsync(definition.Project, other.CohortId, definition.Now, cancellationToken)
                    ?? throw new DefinitionException("cohort", $"there is no cohort {other.CohortId}");
                return await InPlaceAsync(saved, [.. within, other.CohortId], cancellationToken);
            case CohortCondition.InFunnel funnel:
                return new CohortCondition.OneOf(await PeopleOfAsync(funnel, cancellationToken));
            default: return condition;
        }

        async ValueTask<IReadOnlyList<CohortCondition>> AllAsync(IReadOnlyList<CohortCondition> of)
        {
            var inPlace = new CohortCondition[of.Count];
            for (var i = 0; i < inPlace.Length; i++) inPlace[i] = await InPlaceAsync(of[i], within, cancellationToken);
            return inPlace;
        }
    }

    async Task<HashSet<string>> PeopleOfAsync(CohortCondition.InFunnel asked, CancellationToken cancellationToken)
    {
        if (++funnels > MaxFunnels) throw new DefinitionException("funnel", $"give at most {MaxFunnels} funnels, those of cohorts that are referred to included");
        if (asked.Funnel.Project.CountBy != definition.Project.CountBy) throw new DefinitionException("funnel", "the funnel counts another unit than the cohort: give both the same count_by");
        if (new FunnelPlan(asked.Funnel).Properties.Any(property => property.Scope == PropertyScope.Cohort))
            throw new DefinitionException("funnel", "name another cohort by a condition of its own: {\"cohort\": \"123456789\"}");
        var people = await new FunnelReport(reader, TimeProvider.System).PeopleAsync(asked.Funnel, new(asked.Who, asked.Step), cancellationToken);
        return people.People.Select(attempt => attempt.Person).ToHashSet(StringComparer.Ordinal);
    }
}
