import { startChromium } from "../faults/places/chromium.ts";
import { certain, usePlace } from "../faults/suite.ts";

certain(usePlace(startChromium));
