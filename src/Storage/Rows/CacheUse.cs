namespace Cairn.Storage.Rows;

/// <summary>How one question used the cache: follows it through whatever is awaited and started for it.</summary>
public sealed class CacheUse
{
    static readonly AsyncLocal<CacheUse?> Current = new();

    readonly CacheUse? around;
    long hits, misses;

    CacheUse(CacheUse? around) => this.around = around;

    /// <summary>Parts that were there.</summary>
    public long Hits => Interlocked.Read(ref hits);

    /// <summary>Parts that were decoded or laid out for it.</summary>
    public long Misses => Interlocked.Read(ref misses);

    /// <summary>
    /// Counts what the caller asks for from here on, and within a count that is open already for that one too. It ends with the async method that called: to be called there, or by
    /// what that calls and is no async method itself.
    /// </summary>
    public static CacheUse Begin() => Current.Value = new(Current.Value);

    internal static void Note(bool wasThere)
    {
        for (var use = Current.Value; use is not null; use = use.around)
        {
            if (wasThere) Interlocked.Increment(ref use.hits);
            else Interlocked.Increment(ref use.misses);
        }
    }
}
