namespace Cairn.Storage.Compaction;

/// <summary>A lease that is renewed while its holder works.</summary>
/// <remarks>Work that two do at once is harmless here, only wasted; so a holder that lost its lease is told to stop and no more.</remarks>
public sealed class KeptLease : IAsyncDisposable
{
    readonly IBlobLease lease;
    readonly CancellationTokenSource working;
    readonly CancellationTokenSource done = new();
    readonly Task renewing;

    KeptLease(IBlobLease lease, TimeProvider clock, CancellationToken cancellationToken)
    {
        this.lease = lease;
        working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        renewing = RenewAsync(clock);
    }

    /// <summary>How long the lease outlives a holder that died; renewed three times as often.</summary>
    public static TimeSpan Duration => LeaseDuration.Longest;

    /// <summary>Fires when the holder should stop: the lease is lost, or the caller's own token fired.</summary>
    public CancellationToken Working => working.Token;

    /// <summary>Takes the lease; null while somebody else holds it.</summary>
    /// <param name="cancellationToken">Of the work, too: <see cref="Working"/> follows it.</param>
    public static async Task<KeptLease?> TryTakeAsync(IBlobStore blobs, string name, TimeProvider clock, CancellationToken cancellationToken) =>
        await blobs.TryLeaseAsync(name, Duration, cancellationToken) is { } lease ? new(lease, clock, cancellationToken) : null;

    public async ValueTask DisposeAsync()
    {
        await done.CancelAsync();
        await renewing;
        await lease.DisposeAsync();
        done.Dispose();
        working.Dispose();
    }

    async Task RenewAsync(TimeProvider clock)
    {
        var heldUntil = clock.GetUtcNow() + Duration;
        try
        {
            while (true)
            {
                await Task.Delay(Duration / 3, clock, done.Token);
                var asked = clock.GetUtcNow();
                try
                {
                    if (!await lease.RenewAsync(done.Token)) break;
                    heldUntil = asked + Duration;
                }
                catch (StorageUnavailableException) when (clock.GetUtcNow() < heldUntil)
                {
                    // Still ours: the next renewal may reach the store.
                }
                catch (StorageUnavailableException)
                {
                    break;
                }
            }
            await working.CancelAsync();
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The work is done.
        }
    }
}
