namespace Cairn.Model.Identity;

/// <summary>What an event or an update says about who it is from; empty and null both mean absent.</summary>
/// <param name="Dialect">Whose rules resolve it.</param>
/// <param name="DistinctId">Who, as sent; a device with its prefix.</param>
/// <param name="DeviceId">The device, without prefix.</param>
/// <param name="UserId">The user.</param>
/// <param name="Receipt">Its place by receipt; without an item id <see cref="ReceiptOrder.EndOf"/>. Only Amplitude's rules read it.</param>
public readonly record struct SeenIds(Dialect Dialect, string? DistinctId, string? DeviceId, string? UserId, ReceiptOrder Receipt);
