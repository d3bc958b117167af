using Cairn.Ingestion.Json;

namespace Cairn.Ingestion.Amplitude;

public sealed partial class AmplitudeTranslator
{
    // The last one given counts, so the platform's own advertising id comes last.
    static readonly AmplitudeField[] AdvertisingIds =
        [AmplitudeField.AndroidId, AmplitudeField.AndroidAppSetId, AmplitudeField.Adid, AmplitudeField.Idfv, AmplitudeField.Idfa];

    // Who and when, for every item of the record; false where the record was rejected for it.

    bool ReadTime()
    {
        timeMs = sentTimeMs = 0;
        if (!fields.Has(AmplitudeField.Time)) return true;
        if (!AmplitudeClock.TryRead(fields[AmplitudeField.Time].Span, out sentTimeMs))
        {
            batch.Reject(RejectReason.InvalidTime, "time");
            return false;
        }
        // A device that has lost its clock says 0; the clock stage gives such an event the time of its receipt.
        timeMs = sentTimeMs == 0 ? 0 : clock.Correct(sentTimeMs);
        return true;
    }

    // An install is known by its advertising id until somebody links that id to a person.
    void AddAttribution()
    {
        if (!fields.Has(AmplitudeField.UserId) && !fields.Has(AmplitudeField.DeviceId))
            foreach (var field in AdvertisingIds)
                if (fields.Has(field)) fields.Set(AmplitudeField.DeviceId, fields[field]);
        AddEvent();
    }

    bool ReadIds()
    {
        var hasShortUser = false;
        var hasShortDevice = false;
        if (!ReadId(AmplitudeField.UserId, "user_id", out userId, ref hasShortUser)
            || !ReadId(AmplitudeField.DeviceId, "device_id", out deviceId, ref hasShortDevice)) return false;
        if (!userId.IsEmpty)
        {
            distinctId = userId;
            if (deviceId.IsEmpty) deviceId = AmplitudeIds.DeviceOf(userId.Span, batch.Scratch);
            return true;
        }
        if (!deviceId.IsEmpty)
        {
            distinctId = batch.Scratch.Keep("$device:"u8, deviceId.Span);
            return true;
        }
        if (hasShortUser) batch.Reject(RejectReason.IdTooShort, "user_id");
        else if (hasShortDevice) batch.Reject(RejectReason.IdTooShort, "device_id");
        else batch.Reject(RejectReason.MissingDistinctId, "user_id");
        return false;
    }

    // An id that is too short is taken off the event, as the vendor does; one that stands for nobody spoils it.
    bool ReadId(AmplitudeField field, string wireName, out ReadOnlyMemory<byte> id, ref bool isShort)
    {
        id = Text(field);
        if (id.IsEmpty)
        {
            fields.Remove(field);
            return true;
        }
        var chars = Utf8Length.CountChars(id.Span);
        if (chars < minIdChars)
        {
            fields.Remove(field);
            id = default;
            isShort = true;
            return true;
        }
        if (chars > AmplitudeLimits.MaxNameChars) batch.Reject(RejectReason.IdTooLong, wireName);
        else if (AmplitudeIds.IsReserved(id.Span)) batch.Reject(RejectReason.BlockedId, wireName);
        else return true;
        return false;
    }
}
