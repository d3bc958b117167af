using Cairn.Query.Definitions;

namespace Cairn.Query.Funnels;

/// <summary>What a kernel remembers while it walks: one for each worker, used for one person after the other.</summary>
public sealed class FunnelWork
{
    // For each step, and for each number of steps reached: from which row it was looked for, and up to which there was none.
    internal readonly int[] StepFrom = new int[FunnelDefinition.MaxSteps], StepAt = new int[FunnelDefinition.MaxSteps];
    internal readonly int[] BreakFrom = new int[FunnelDefinition.MaxSteps + 1], BreakAt = new int[FunnelDefinition.MaxSteps + 1];

    /// <summary>For each step the rows that meet it, a bit each, where they are few.</summary>
    internal readonly ulong[] RowsOfStep = new ulong[FunnelDefinition.MaxSteps];

    /// <summary>The rows of the attempt at hand, a step each, in the order reached.</summary>
    internal readonly int[] Path = new int[FunnelDefinition.MaxSteps];

    /// <summary>The rows of the attempt chosen.</summary>
    internal readonly int[] Chosen = new int[FunnelDefinition.MaxSteps];

    /// <summary>The rows of the attempt that was chosen last, as many as it reached steps.</summary>
    public ReadOnlySpan<int> ChosenRows(int reached) => Chosen.AsSpan(0, reached);

    /// <summary>To be called before another person's rows.</summary>
    public void Forget()
    {
        StepFrom.AsSpan().Fill(int.MaxValue);
        BreakFrom.AsSpan().Fill(int.MaxValue);
    }
}
