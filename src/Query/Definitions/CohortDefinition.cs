using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>A set of people before it is asked for: who they are is found out as of now.</summary>
public sealed record CohortDefinition
{
    /// <summary>Different kinds of events that one cohort looks for: a bit of a row's mask for each.</summary>
    public const int MaxEventConditions = 32;

    /// <summary>Conditions of one cohort, those of cohorts it refers to apart.</summary>
    public const int MaxConditions = 200;

    /// <summary>How deep conditions may nest, cohorts in cohorts included.</summary>
    public const int MaxDepth = 20;

    public const int MaxSteps = 20;

    public required ReportProject Project { get; init; }

    /// <summary>Fixed when the definition is built.</summary>
    public required Instant Now { get; init; }

    public required CohortCondition Condition { get; init; }

    /// <summary>Says what is wrong with it, if anything is.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    public void Check()
    {
        var count = 0;
        Check(Condition, 1, ref count);
    }

    static void Check(CohortCondition condition, int depth, ref int count)
    {
        if (++count > MaxConditions) throw new DefinitionException("condition", $"give at most {MaxConditions} conditions");
        if (depth > MaxDepth) throw new DefinitionException("condition", $"nest conditions at most {MaxDepth} deep");
        switch (condition)
        {
            case CohortCondition.All all:
                foreach (var one in all.Of) Check(one, depth + 1, ref count);
                break;
            case CohortCondition.Any any:
                foreach (var one in any.Of) Check(one, depth + 1, ref count);
                break;
            case CohortCondition.Not not:
                Check(not.Of, depth + 1, ref count);
                break;
            case CohortCondition.Did did:
                CheckWithin(did.Within);
                if (!double.IsFinite(did.Value)) throw new DefinitionException("value", "give a number");
                break;
            case CohortCondition.FirstDid first:
                CheckWithin(first.Within);
                break;
            case CohortCondition.Latest latest:
                CheckWithin(latest.Within);
                break;
            case CohortCondition.Sequence sequence:
                CheckWithin(sequence.Within);
                if (sequence.Steps.Count is < 2 or > MaxSteps) throw new DefinitionException("sequence", $"give 2 to {MaxSteps} steps");
                break;
            case CohortCondition.InFunnel funnel:
                funnel.Funnel.Check();
                if (funnel.Funnel.Breakdowns.Any(breakdown => breakdown.By is Expression.Cut { By: NumberCut.Automatic })) throw new DefinitionException("funnel.breakdowns", "who is in a cohort is found without ranges; leave the breakdown out");
                if (funnel.Step < 1 || funnel.Step > funnel.Funnel.Steps.Count) throw new DefinitionException("step", $"give a step from 1 to {funnel.Funnel.Steps.Count}");
                break;
            case CohortCondition.IsNow now:
                foreach (var input in CompiledExpression.Compile(now.Matches).Inputs)
                    if (input.Scope != PropertyScope.User) throw new DefinitionException("user", $"{input} is no property of a person now; ask for user[\"plan\"], or for what events carried by did, latest and their filters");
                break;
        }
    }

    static void CheckWithin(TimeRange within)
    {
        if (within.Until <= within.From) throw new DefinitionException("within", "the time ends before it begins");
    }
}
