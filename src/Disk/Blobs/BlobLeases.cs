using Cairn.Storage;

namespace Cairn.Disk.Blobs;

/// <summary>Who holds which lease, in memory: a process that died holds none, so nobody waits for it.</summary>
public sealed class BlobLeases
{
    readonly Lock _lock = new();
    readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);

    /// <summary>Null while somebody else holds it.</summary>
    public IBlobLease? TryTake(string name, TimeSpan duration, TimeProvider clock)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(name, out var held) && held.Until > clock.GetUtcNow()) return null;
            var lease = new Lease(this, name, duration, clock);
            _held[name] = new Held(lease, clock.GetUtcNow() + duration);
            return lease;
        }
    }

    bool Renew(Lease lease)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue(lease.Name, out var held) || held.By != lease) return false;
            _held[lease.Name] = held with { Until = lease.Clock.GetUtcNow() + lease.Duration };
            return true;
        }
    }

    void GiveBack(Lease lease)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(lease.Name, out var held) && held.By == lease) _held.Remove(lease.Name);
        }
    }

    readonly record struct Held(Lease By, DateTimeOffset Until);

    sealed class Lease(BlobLeases leases, string name, TimeSpan duration, TimeProvider clock) : IBlobLease
    {
        public string Name => name;

        public TimeSpan Duration => duration;

        public TimeProvider Clock => clock;

        public Task<bool> RenewAsync(CancellationToken cancellationToken) => Task.FromResult(leases.Renew(this));

        public ValueTask DisposeAsync()
        {
            leases.GiveBack(this);
            return ValueTask.CompletedTask;
        }
    }
}
