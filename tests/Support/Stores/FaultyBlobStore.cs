using System.Runtime.CompilerServices;
using Cairn.Storage;

namespace Cairn.Support.Stores;

/// <summary>What happens to one call.</summary>
public enum BlobFault
{
    None,

    /// <summary>Nothing reaches the store; the caller gets a <see cref="StorageUnavailableException"/>.</summary>
    FailBefore,

    /// <summary>The call does its work; the caller gets a <see cref="StorageUnavailableException"/> all the same.</summary>
    FailAfterSuccess,

    /// <summary>The call does its work after <see cref="FaultyBlobStore.Delay"/>.</summary>
    Slow,
}

/// <summary>What a call is about to do.</summary>
public enum BlobCall
{
    Put,
    Read,
    Find,
    List,
    Delete,
    Lease,
}

/// <summary>A store in front of another that fails where the test says so.</summary>
/// <remarks>
/// <c>store.Decide = (call, name) => call is BlobCall.Put &amp;&amp; name.StartsWith("recent/") ? BlobFault.FailAfterSuccess : BlobFault.None;</c>
/// For faults that come by chance, let a seeded <see cref="Random"/> decide.
/// </remarks>
public sealed class FaultyBlobStore(IBlobStore inner) : IBlobStore
{
    /// <summary>Asked at every call; may be changed at any time.</summary>
    public Func<BlobCall, string, BlobFault> Decide { get; set; } = (_, _) => BlobFault.None;

    /// <summary>How long a slow call waits before it does its work.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Calls that failed so far.</summary>
    public int FaultCount => _faultCount;

    int _faultCount;

    public Task<string?> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellationToken) =>
        RunAsync(BlobCall.Put, name, () => inner.PutAsync(name, content, condition, cancellationToken), cancellationToken);

    public async Task<IBlobDraft> BeginAsync(string name, CancellationToken cancellationToken) => new Draft(this, name, await inner.BeginAsync(name, cancellationToken));

    public Task<BlobContent?> ReadAsync(string name, CancellationToken cancellationToken) =>
        RunAsync(BlobCall.Read, name, () => inner.ReadAsync(name, cancellationToken), cancellationToken);

    public Task<BlobEntry?> FindAsync(string name, CancellationToken cancellationToken) =>
        RunAsync(BlobCall.Find, name, () => inner.FindAsync(name, cancellationToken), cancellationToken);

    public async ValueTask<int> ReadRangeAsync(string name, long offset, Memory<byte> into, CancellationToken cancellationToken) =>
        await RunAsync(BlobCall.Read, name, () => inner.ReadRangeAsync(name, offset, into, cancellationToken).AsTask(), cancellationToken);

    public async IAsyncEnumerable<BlobEntry> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fault = Decide(BlobCall.List, prefix);
        if (fault is BlobFault.FailBefore) throw Fail(BlobCall.List, prefix, "before anything was listed");
        if (fault is BlobFault.Slow) await Task.Delay(Delay, cancellationToken);
        await foreach (var entry in inner.ListAsync(prefix, after, cancellationToken)) yield return entry;
        if (fault is BlobFault.FailAfterSuccess) throw Fail(BlobCall.List, prefix, "after everything was listed");
    }

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) =>
        RunAsync(BlobCall.Delete, name, () => inner.DeleteAsync(name, cancellationToken), cancellationToken);

    public Task<IBlobLease?> TryLeaseAsync(string name, TimeSpan duration, CancellationToken cancellationToken) =>
        RunAsync(BlobCall.Lease, name, () => inner.TryLeaseAsync(name, duration, cancellationToken), cancellationToken);

    async Task<T> RunAsync<T>(BlobCall call, string name, Func<Task<T>> act, CancellationToken cancellationToken)
    {
        var fault = Decide(call, name);
        if (fault is BlobFault.FailBefore) throw Fail(call, name, "before it reached the store");
        if (fault is BlobFault.Slow) await Task.Delay(Delay, cancellationToken);
        var answer = await act();
        return fault is BlobFault.FailAfterSuccess ? throw Fail(call, name, "after it succeeded") : answer;
    }

    StorageUnavailableException Fail(BlobCall call, string name, string when)
    {
        Interlocked.Increment(ref _faultCount);
        return new StorageUnavailableException($"Injected fault: {call} of '{name}' fails {when}.");
    }

    /// <summary>Each piece is a put, and the end is one.</summary>
    sealed class Draft(FaultyBlobStore store, string name, IBlobDraft draft) : IBlobDraft
    {
        public Task AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) => store.RunAsync(BlobCall.Put, name, async () =>
        {
            await draft.AppendAsync(piece, cancellationToken);
            return 0;
        }, cancellationToken);

        public Task<string?> EndAsync(CancellationToken cancellationToken) => store.RunAsync(BlobCall.Put, name, () => draft.EndAsync(cancellationToken), cancellationToken);

        public ValueTask DisposeAsync() => draft.DisposeAsync();
    }
}
