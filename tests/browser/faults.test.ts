import { startChromium } from "../faults/places/chromium.ts";
import { matrix, usePlace } from "../faults/suite.ts";

matrix(usePlace(startChromium));
