using Cairn.Query.Definitions;

namespace Cairn.Query.Cohorts;

/// <summary>Puts the conditions of saved cohorts in the place of their ids.</summary>
sealed class ReferencedCohorts(CohortDefinition definition, ICohortDirectory directory)
{
    int found;

    /// <summary>The condition of a definition without references.</summary>
    /// <exception cref="DefinitionException">A cohort is not known, or refers to itself.</exception>
    public static ValueTask<CohortCondition> InPlaceAsync(CohortDefinition definition, ICohortDirectory directory, CancellationToken cancellationToken) =>
        new ReferencedCohorts(definition, directory).InPlaceAsync(definition.Condition, [], cancellationToken);

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
            default: return condition;
        }

        async ValueTask<IReadOnlyList<CohortCondition>> AllAsync(IReadOnlyList<CohortCondition> of)
        {
            var inPlace = new CohortCondition[of.Count];
            for (var i = 0; i < inPlace.Length; i++) inPlace[i] = await InPlaceAsync(of[i], within, cancellationToken);
            return inPlace;
        }
    }
}
