namespace Cairn.Storage;

/// <summary>What a store on this machine still holds of things that were deleted or consumed: Azure's stores show and keep none to us.</summary>
public interface IStoreTraces
{
    /// <summary>The store, as receipts name it.</summary>
    string Name { get; }

    /// <summary>Lets go of all of it.</summary>
    /// <param name="streamEnds">By partition of the stream, the last message that may have to do with what was erased.</param>
    /// <returns>False where somebody is still at it: come again.</returns>
    Task<bool> ForgetAsync(IReadOnlyList<long> streamEnds, CancellationToken cancellationToken);
}
