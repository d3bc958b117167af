using Cairn.Query.Definitions;

namespace Cairn.Query.Turns;

/// <summary>Memory that reports being answered hold beside the cached columns: tallies, series, numbers of medians.</summary>
public sealed class ReportMemoryPool
{
    /// <summary>Of one report: some ten million cells. A report past it is told what to narrow.</summary>
    public const long MaxBytesOfReport = 384L << 20;

    /// <summary>Of all reports together; past it whoever asks for more hears to come again.</summary>
    public const long MaxBytesOfAll = 1L << 30;

    long taken;

    /// <summary>What one report may take; to be disposed of with the answer.</summary>
    public ReportMemory Open() => new(this);

    internal bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= MaxBytesOfAll) return true;
        Interlocked.Add(ref taken, -bytes);
        return false;
    }

    internal void Give(long bytes) => Interlocked.Add(ref taken, -bytes);
}

/// <summary>What one report holds; safe for its workers.</summary>
public sealed class ReportMemory(ReportMemoryPool pool) : IDisposable
{
    long taken;

    /// <summary>Notes memory that is about to be taken.</summary>
    /// <param name="field">The part of the definition that decides how much it is.</param>
    /// <param name="advice">What would need less.</param>
    /// <exception cref="DefinitionException">The report takes too much.</exception>
    /// <exception cref="ReportsBusyException">All reports together do.</exception>
    public void Take(long bytes, string field, string advice)
    {
        if (Interlocked.Add(ref taken, bytes) > ReportMemoryPool.MaxBytesOfReport)
        {
            Interlocked.Add(ref taken, -bytes);
            throw new DefinitionException(field, $"the report needs more than {ReportMemoryPool.MaxBytesOfReport >> 20} MiB of memory: {advice}");
        }
        if (pool.TryTake(bytes)) return;
        Interlocked.Add(ref taken, -bytes);
        throw new ReportsBusyException();
    }

    public void Dispose() => pool.Give(Interlocked.Exchange(ref taken, 0));
}
