namespace Cairn.Model.Profiles;

/// <summary>One change of a profile, as a sender asked for it.</summary>
/// <param name="Order">Its place in the fold; an item id counts once.</param>
/// <param name="Operations">The body: one JSON object from operations to arguments, see <see cref="ProfileOperation"/>.</param>
/// <param name="FollowsDevice">
/// An update of Amplitude's that names a device and no user: it belongs to the user that the device was seen with at its receipt.
/// </param>
public readonly record struct ProfileUpdate(ReceiptOrder Order, ReadOnlyMemory<byte> Operations, bool FollowsDevice = false);
