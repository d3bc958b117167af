using Cairn.Model.Profiles;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Profiles;

/// <summary>An update with the place in the stream that it came by.</summary>
/// <param name="Id">Whose profile it is for, as <see cref="UpdateRows.IdOf"/> or <see cref="GroupKey"/> gives it.</param>
/// <param name="Lane">The stream and partition, as one text.</param>
/// <param name="Seq">The message's sequence number.</param>
/// <param name="ItemIndex">The item's index in the message.</param>
/// <param name="Duplicate">What it has in common with its sender's own copies; null where the sender gave no insert id.</param>
public readonly record struct PlacedUpdate(string Id, ProfileUpdate Update, string Lane, long Seq, int ItemIndex, DuplicateKey? Duplicate = null);
